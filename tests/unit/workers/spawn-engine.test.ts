import { expect, test } from 'vitest'
import { makeLastingClient } from '../../../src/workers/page/lasting-client.ts'
import { spawnEngine, type SpawnEngineDeps } from '../../../src/workers/page/spawn-engine.ts'

// What needs real locks and real workers is in `tests/worker/engine-doors.browser.test.ts`.

function spawnIn(browser: Pick<SpawnEngineDeps, 'secure' | 'locks'>) {
  const line = makeLastingClient()
  spawnEngine({
    line,
    config: { ownTracker: 'ws://localhost/announce', pageHost: 'localhost' },
    page: new EventTarget(),
    document: new EventTarget(),
    ...browser,
    startWorker: () => {
      throw new Error('there is nothing to start a worker for')
    },
    hostRtc: () => ({ stop() {} }),
  })
  return line.client
}

test('outside a secure context the engine fails, and says that this is why', async () => {
  const client = spawnIn({ secure: false, locks: null })

  const synced = await client.call('state.sync', null)

  expect(synced).toMatchObject({
    ok: true,
    value: { engine: { name: 'failed', error: { kind: 'engine/insecure-context' } } },
  })
})

test('in a browser without locks the engine fails, and names what is missing', async () => {
  const client = spawnIn({ secure: true, locks: null })

  const added = await client.call('torrent.add', { source: 'magnet:?', options: {} })

  expect(added).toEqual({ ok: false, error: { kind: 'engine/unsupported', what: 'Web Locks' } })
})
