import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { startRelay } from '../../relay/relay.ts'
import { overlayClient, reserve } from './support/overlay-client.ts'
import { hasEnded, rawConnection, rawUpgrade } from './support/raw-upgrade.ts'
import { runningRelay, runRelay } from './support/relay-process.ts'
import { anId, joinTracker } from './support/tracker-peer.ts'

const CONFIG = { port: 0, host: '127.0.0.1', appFolder: null, logLevel: 'error' } as const

test.for(['SIGTERM', 'SIGINT'] as const)(
  '%s says goodbye to every peer and ends the process with code 0',
  async (signal) => {
    const relay = await runningRelay('--no-app')
    const peer = await joinTracker(`ws://127.0.0.1:${relay.port}/announce`)
    await peer.announce(anId('swarm'))

    relay.child.kill(signal)

    expect(await peer.closed).toBe(1001)
    expect(await relay.ended).toBe(0)
  },
)

test('peers of the overlay are let go, and the process ends with code 0', async () => {
  const relay = await runningRelay('--no-app')
  const answer = await fetch(`http://127.0.0.1:${relay.port}/relay.json`)
  // Our own description has this shape; another test checks it.
  const { addrs, peerId } = (await answer.json()) as { addrs: [string]; peerId: string }
  const peer = await overlayClient()
  await reserve(peer, addrs[0])
  const left = once(peer, 'peer:disconnect')

  relay.child.kill('SIGTERM')

  await left
  expect(await relay.ended).toBe(0)
  expect(relay.output.stderr).toContain('reservations=1')
  expect(relay.output.stderr).not.toContain(peer.peerId.toString())
  expect(relay.output.stderr).not.toContain(peerId)
})

test('connections that ignore the goodbye do not keep the process', async () => {
  const relay = await runningRelay('--no-app')
  const deaf = await rawUpgrade(relay.port)
  const halfRequest = await rawConnection(relay.port)
  halfRequest.write('GET / HTTP/1.1\r\nHost: x\r\n')
  await rawConnection(relay.port)

  relay.child.kill('SIGTERM')

  expect(await relay.ended).toBe(0)
  await hasEnded(deaf)
})

test('closing twice is closing once, and the port is free afterwards', async () => {
  const relay = await startRelay(CONFIG)

  await Promise.all([relay.close(), relay.close()])
  const next = await startRelay({ ...CONFIG, port: relay.port })
  onTestFinished(() => next.close())

  expect(next.port).toBe(relay.port)
})

test('a port in use is told in one sentence, with code 1', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void other.close())
  await once(other, 'listening')
  // A TCP server that listens has an address with a port.
  const { port } = other.address() as AddressInfo

  const relay = runRelay('--no-app', '--port', String(port))

  expect(await relay.ended).toBe(1)
  expect(relay.output.stdout).toBe('')
  expect(relay.output.stderr).toBe(
    `Port ${port} is already in use. Stop what uses it, or choose another with --port.\n`,
  )
})

test('without a built page the relay says how to get one, with code 1', async () => {
  const relay = runRelay('--port', '0', '--dist', '/nowhere')

  expect(await relay.ended).toBe(1)
  expect(relay.output.stderr).toBe(
    'There is no built page in /nowhere. Run "npm run build" first, or start with --no-app.\n',
  )
})

test('the logs at info name neither addresses nor swarms', async () => {
  const relay = await runningRelay('--no-app')
  const peer = await joinTracker(`ws://127.0.0.1:${relay.port}/announce`, 'secret peer')
  await peer.announce(anId('secret swarm'))
  peer.send('nonsense')
  await peer.settled()

  relay.child.kill('SIGTERM')
  await relay.ended

  expect(relay.output.stderr).toContain('relay started')
  expect(relay.output.stderr).not.toMatch(/secret|127\.0\.0\.1|nonsense/)
})
