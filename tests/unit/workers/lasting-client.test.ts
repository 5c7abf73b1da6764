import { expect, test } from 'vitest'
import { emptyEngineState } from '../../../src/engine/model/engine-state.ts'
import { err, ok } from '../../../src/engine/model/result.ts'
import type { Notice } from '../../../src/workers/protocol/control.ts'
import type { EngineClient } from '../../../src/workers/protocol/engine-client.ts'
import { makeLastingClient, MOST_WAITING_CALLS } from '../../../src/workers/page/lasting-client.ts'
import { anInfoHash, aTorrent } from '../../support/a-torrent.ts'

/** Answers every call with its name and what was asked, and keeps the order of the asking. */
function anEngine() {
  const asked: string[] = []
  const client: EngineClient = {
    async call(name) {
      asked.push(name)
      // What a caller gets does not matter here, only that it is this engine's.
      return ok(`answer to ${name}`)
    },
    onNotice: () => () => {},
  }
  return { asked, client }
}

const torrent = aTorrent()
const running: Notice = {
  type: 'state-replaced',
  state: {
    ...emptyEngineState(),
    revision: 4,
    engine: { name: 'running' },
    torrents: { [torrent.infoHash]: torrent },
  },
}

test('calls made before there is an engine are answered by it, in order', async () => {
  const line = makeLastingClient()
  const engine = anEngine()

  const calls = [line.client.call('settings.get', null), line.client.call('torrent.pause', torrent)]
  line.attach(engine.client)
  const after = line.client.call('torrent.resume', torrent)

  expect(await Promise.all([...calls, after])).toEqual([
    ok('answer to settings.get'),
    ok('answer to torrent.pause'),
    ok('answer to torrent.resume'),
  ])
  expect(engine.asked).toEqual(['settings.get', 'torrent.pause', 'torrent.resume'])
})

/** Goes when it is told to, and leaves every call that it was asked. */
function anEngineThatGoes() {
  const gone = Promise.withResolvers<ReturnType<typeof lost>>()
  const lost = () => err({ kind: 'engine/lost' } as const)
  return {
    client: { call: () => gone.promise, onNotice: () => () => {} } satisfies EngineClient,
    go: () => gone.resolve(lost()),
  }
}

test('when an engine of another tab goes, the next is asked what is safe to repeat', async () => {
  const line = makeLastingClient()
  const [first, next] = [anEngineThatGoes(), anEngine()]
  line.attach(first.client, { repeats: true })

  const calls = [
    line.client.call('torrent.pause', torrent),
    line.client.call('torrent.add', { source: 'magnet:?', options: {} }),
  ]
  first.go()
  line.detach({ name: 'starting' })
  line.attach(next.client)

  expect(await Promise.all(calls)).toEqual([
    ok('answer to torrent.pause'),
    err({ kind: 'engine/lost' }),
  ])
  expect(next.asked).toEqual(['torrent.pause'])
})

test('a call to the own engine is not repeated: it may be what ended it', async () => {
  const line = makeLastingClient()
  const [own, next] = [anEngineThatGoes(), anEngine()]
  line.attach(own.client)

  const call = line.client.call('torrent.pause', torrent)
  own.go()
  line.detach({ name: 'starting' })
  line.attach(next.client)

  expect(await call).toEqual(err({ kind: 'engine/lost' }))
  expect(next.asked).toEqual([])
})

test('a waiting call can be aborted, and is then never asked', async () => {
  const line = makeLastingClient()
  const engine = anEngine()
  const aborter = new AbortController()
  const reason = new Error('never mind')

  const call = line.client.call('settings.get', null, { signal: aborter.signal })
  aborter.abort(reason)
  line.attach(engine.client)

  await expect(call).rejects.toBe(reason)
  expect(engine.asked).toEqual([])
})

test('when there will be no engine, waiting calls and new ones are told why', async () => {
  const line = makeLastingClient()
  const error = { kind: 'engine/insecure-context' } as const

  const before = line.client.call('settings.get', null)
  line.detach({ name: 'failed', error })
  const after = line.client.call('settings.get', null)

  expect(await Promise.all([before, after])).toEqual([err(error), err(error)])
})

test('calls do not pile up without bound while another tab has the engine', async () => {
  const line = makeLastingClient()
  line.detach({ name: 'waiting' })

  for (let made = 0; made < MOST_WAITING_CALLS; made++) void line.client.call('settings.get', null)
  const oneMore = line.client.call('settings.get', null)

  expect(await oneMore).toEqual(err({ kind: 'engine/held-elsewhere' }))
})

test('the state is answered at once without an engine, under the phase the page knows', async () => {
  const line = makeLastingClient()

  const first = await line.client.call('state.sync', null)
  line.detach({ name: 'waiting' })
  const second = await line.client.call('state.sync', null)

  expect(first).toEqual(ok(emptyEngineState()))
  expect(second).toEqual(ok({ ...emptyEngineState(), engine: { name: 'waiting' } }))
})

test('the list stays while an engine that was lost is started again', async () => {
  const line = makeLastingClient()
  const notices: Notice[] = []
  line.client.onNotice((notice) => notices.push(notice))
  line.pass(running)
  const news = aTorrent({ havePieces: 77 })
  line.pass({ type: 'state-changed', revision: 5, changes: [{ type: 'torrent', torrent: news }] })

  line.detach({ name: 'starting' })

  expect(notices.at(-1)).toMatchObject({
    type: 'state-replaced',
    state: {
      revision: 5,
      engine: { name: 'starting' },
      torrents: { [anInfoHash()]: { havePieces: 77 } },
    },
  })
})

test('the state of an engine that dies while it is asked is what was last known', async () => {
  const line = makeLastingClient()
  line.pass(running)
  line.attach({ call: async () => err({ kind: 'engine/lost' }), onNotice: () => () => {} })

  const synced = await line.client.call('state.sync', null)

  expect(synced).toMatchObject({ ok: true, value: { torrents: { [anInfoHash()]: torrent } } })
})

test('what one listener does to the state it is given, the next is not told', async () => {
  const line = makeLastingClient()
  line.pass(running)
  line.client.onNotice((notice) => {
    // As a Solid store does.
    if (notice.type !== 'state-replaced') return
    Object.assign(notice.state.torrents[anInfoHash()] ?? {}, { name: 'overwritten' })
  })

  line.detach({ name: 'starting' })
  const synced = await line.client.call('state.sync', null)

  expect(synced.ok && synced.value.torrents[anInfoHash()]?.name).toBe('Sintel')
})

test('a listener that throws does not silence the others', async () => {
  const line = makeLastingClient()
  const heard: string[] = []
  const uncaught = new Promise((resolve) => process.once('uncaughtException', resolve))
  line.client.onNotice(() => {
    throw new Error('a broken view')
  })
  line.client.onNotice(({ type }) => heard.push(type))

  line.detach({ name: 'waiting' })

  expect(heard).toEqual(['state-replaced'])
  expect(await uncaught).toMatchObject({ message: 'a broken view' })
})

test('a listener that has stopped hears no more', () => {
  const line = makeLastingClient()
  const heard: string[] = []
  const stop = line.client.onNotice(({ type }) => heard.push(type))

  stop()
  line.detach({ name: 'waiting' })

  expect(heard).toEqual([])
})
