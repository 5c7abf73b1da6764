import './support/patience.ts'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { randomBytes } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import { startRelay } from '../../relay/relay.ts'
import { browsersUnderTest, launchBrowser } from '../support/browsers.ts'

const CONFIG = { port: 0, host: '127.0.0.1', appFolder: null, logLevel: 'error' } as const

async function aRelay(config = {}) {
  const relay = await startRelay({ ...CONFIG, overlay: false, ...config })
  onTestFinished(() => relay.close())
  return relay
}

async function udpSocket(): Promise<Socket> {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  onTestFinished(() => void socket.close())
  return socket
}

function bindingRequest(): Buffer {
  return Buffer.concat([Buffer.from('000100002112a442', 'hex'), randomBytes(12)])
}

async function answerTo(socket: Socket, request: Buffer, port: number): Promise<Buffer> {
  socket.send(request, port, '127.0.0.1')
  const [answer] = (await once(socket, 'message')) as [Buffer]
  return answer
}

test('the UDP port of the HTTP port’s number tells a sender its own port', async () => {
  const relay = await aRelay()
  const socket = await udpSocket()
  const request = bindingRequest()

  const answer = await answerTo(socket, request, relay.port)

  expect(answer.subarray(8, 20)).toEqual(request.subarray(8))
  expect(answer.subarray(20, 24).toString('hex')).toBe('00200008')
  expect(answer.readUInt16BE(26) ^ 0x2112).toBe(socket.address().port)
  expect((answer.readUInt32BE(28) ^ 0x2112a442) >>> 0).toBe(0x7f000001)
})

test('what is no binding request is not answered, and the next one is', async () => {
  const relay = await aRelay()
  const socket = await udpSocket()
  const heard: Buffer[] = []
  socket.on('message', (datagram) => heard.push(datagram))

  for (let size = 0; size < 600; size += 7) socket.send(randomBytes(size), relay.port, '127.0.0.1')
  await answerTo(socket, bindingRequest(), relay.port)

  expect(heard).toHaveLength(1)
})

test('a page learns the port from /relay.json, and without STUN that there is none', async () => {
  const withStun = await aRelay({ overlay: true })
  const without = await aRelay({ overlay: true, stunPort: null })

  const descriptions = await Promise.all(
    [withStun, without].map(async ({ url }): Promise<unknown> =>
      (await fetch(`${url}/relay.json`)).json(),
    ),
  )

  expect(descriptions).toMatchObject([{ stun: { port: withStun.port } }, { stun: null }])
})

test('a STUN port that only this machine reaches is told to no other', async () => {
  const relay = await aRelay({ overlay: true })
  const publicRelay = await aRelay({ overlay: true, publicUrl: 'https://chiral.example' })
  const opened = await aRelay({
    overlay: true,
    publicUrl: 'https://chiral.example',
    directHost: '0.0.0.0',
  })

  const descriptions = await Promise.all(
    [relay, publicRelay, opened].map(async ({ url }): Promise<unknown> =>
      (await fetch(`${url}/relay.json`)).json(),
    ),
  )

  expect(descriptions).toMatchObject([
    { stun: { port: relay.port } },
    { stun: null },
    { stun: { port: opened.port } },
  ])
})

test('a UDP port in use is no reason not to start, unless it was asked for', async () => {
  const taken = await udpSocket()
  const { port } = taken.address()

  const asked = startRelay({ ...CONFIG, stunPort: port })

  await expect(asked).rejects.toThrow(`UDP port ${port} cannot be opened for STUN.`)
  const relay = await startRelay({ ...CONFIG, port })
  onTestFinished(() => relay.close())
  expect(await (await fetch(`${relay.url}/relay.json`)).json()).toMatchObject({ stun: null })
})

/**
 * What a NAT is to a browser: another address in front. Without one a browser's own address is all
 * that a STUN server can tell it, and it drops such candidates.
 */
async function natTo(port: number): Promise<{ innerPort: number; outerPort: number }> {
  const inner = await udpSocket()
  const outer = await udpSocket()
  let client = { address: '', port: 0 }
  inner.on('message', (datagram, from) => {
    client = from
    outer.send(datagram, port, '127.0.0.1')
  })
  outer.on('message', (datagram) => inner.send(datagram, client.port, client.address))
  return { innerPort: inner.address().port, outerPort: outer.address().port }
}

test.for([...browsersUnderTest])('%s gathers its address from behind a NAT', async (name) => {
  const relay = await aRelay()
  const nat = await natTo(relay.port)
  const browser = await launchBrowser(name)
  onTestFinished(() => browser.close())
  const page = await browser.newPage(`${relay.url}/healthz`)

  const candidates = await page.evaluate(async (port: number) => {
    const connection = new RTCPeerConnection({ iceServers: [{ urls: `stun:127.0.0.1:${port}` }] })
    connection.createDataChannel('')
    const found: string[] = []
    const gathered = new Promise<void>((resolve) => {
      connection.onicecandidate = ({ candidate }) => {
        if (candidate === null) resolve()
        else found.push(candidate.candidate)
      }
    })
    await connection.setLocalDescription()
    await gathered
    connection.close()
    return found
  }, nat.innerPort)

  const reflexive = candidates.find((candidate) => candidate.includes('typ srflx'))
  expect(reflexive, candidates.join('\n')).toContain(` 127.0.0.1 ${nat.outerPort} `)
})
