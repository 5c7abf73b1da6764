import './support/patience.ts'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { attachTracker } from '../../relay/front-door.ts'
import { makeLog } from '../../relay/log.ts'
import { makeWebTracker } from '../../relay/web-tracker.ts'
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
