import './support/patience.ts'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { multiaddr } from '@multiformats/multiaddr'
import { WebSocket, WebSocketServer } from 'ws'
import { attachOverlay, attachTracker } from '../../relay/front-door.ts'
import { makeLog } from '../../relay/log.ts'
import { OVERLAY_LIMITS } from '../../relay/overlay/overlay-limits.ts'
import { startOverlayRelay } from '../../relay/overlay/overlay-relay.ts'
import { makeKey } from '../../relay/overlay/relay-key.ts'
import { makeWebTracker } from '../../relay/web-tracker.ts'
import { overlayClient } from './support/overlay-client.ts'
import { anId, joinTracker } from './support/tracker-peer.ts'

test('the tracker shares a server with somebody else’s WebSocket, and takes only its own', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A TCP server that listens has an address with a port.
  const { port } = server.address() as AddressInfo
  const theirs = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request, socket, head) => {
    if (request.url !== '/hot') return
    theirs.handleUpgrade(request, socket, head, (client) => {
      client.on('message', () => client.send('{"theirs":true}'))
    })
  })
  const tracker = makeWebTracker({ log: makeLog('error') })
  onTestFinished(async () => {
    await tracker.close(0)
    server.close()
  })

  const detach = attachTracker(server, tracker, makeLog('error'))
  const ours = await joinTracker(`ws://127.0.0.1:${port}/announce`)
  const hot = await joinTracker(`ws://127.0.0.1:${port}/hot`)
  hot.send('hello')

  expect(await ours.announce(anId('swarm'))).toMatchObject({ incomplete: 1 })
  expect(await hot.hears(() => true)).toEqual({ theirs: true })
  detach()
  expect(server.listenerCount('upgrade')).toBe(1)
})

test('the overlay shares a server with Vite’s WebSocket at the same path', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A TCP server that listens has an address with a port.
  const { port } = server.address() as AddressInfo
  const theirs = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request, socket, head) => {
    if (request.headers['sec-websocket-protocol'] !== 'vite-hmr') return
    theirs.handleUpgrade(request, socket, head, (client) => client.send('theirs'))
  })
  const overlay = await startOverlayRelay({
    privateKey: await makeKey(),
    host: '127.0.0.1',
    port,
    directHost: '127.0.0.1',
    publicEndpoint: null,
    tcpPort: null,
    peerRelays: [],
    trustProxy: false,
    limits: OVERLAY_LIMITS,
    log: makeLog('error'),
  })
  onTestFinished(async () => {
    await overlay.close(0)
    server.close()
  })

  attachOverlay(server, overlay, makeLog('error'))
  const hot = new WebSocket(`ws://127.0.0.1:${port}/`, 'vite-hmr')
  const [said] = (await once(hot, 'message')) as [Buffer]
  hot.terminate()
  const peer = await overlayClient({ listen: [] })
  const connection = await peer.dial(multiaddr(`/ip4/127.0.0.1/tcp/${port}/ws`))

  expect(said.toString()).toBe('theirs')
  expect(connection.remotePeer.toString()).toBe(overlay.peerId)
})
