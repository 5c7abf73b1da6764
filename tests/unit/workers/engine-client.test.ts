import { expect, test } from 'vitest'
import { emptyEngineState } from '../../../src/engine/model/engine-state.ts'
import type { EngineConfig, Notice } from '../../../src/workers/protocol/control.ts'
import { makeEngineClient } from '../../../src/workers/page/engine-client.ts'
import { anInfoHash } from '../../support/a-torrent.ts'
import { makeWorkerInMemory } from '../../support/worker-in-memory.ts'

const CONFIG: EngineConfig = { ownTracker: 'ws://localhost/announce', pageHost: 'localhost' }
const ready = { type: 'ready', build: 'b1', engine: 'e1' } as const

async function runningEngine() {
  const inside = makeWorkerInMemory()
  const engine = makeEngineClient(inside.worker, 'b1')
  engine.init(CONFIG, new MessageChannel().port1)
  await inside.say(ready)
  expect(await engine.started).toEqual({ ok: true, value: 'e1' })
  return { inside, engine }
}

test('starts with its build, its configuration and the rtc port', async () => {
  const { inside } = await runningEngine()

  const init = await inside.next('init')

  expect(init).toMatchObject({ build: 'b1', config: CONFIG })
  expect(init.rtcPort).toBeInstanceOf(MessagePort)
})

test('a worker of another build is told apart', async () => {
  const inside = makeWorkerInMemory()
  const engine = makeEngineClient(inside.worker, 'b2')

  engine.init(CONFIG, new MessageChannel().port1)
  await inside.say(ready)

  expect(await engine.started).toEqual({
    ok: false,
    error: { kind: 'engine/version', page: 'b2', worker: 'b1' },
  })
  engine.end()
})

test('an engine that is unable to start says why', async () => {
  const inside = makeWorkerInMemory()
  const engine = makeEngineClient(inside.worker, 'b1')

  engine.init(CONFIG, new MessageChannel().port1)
  await inside.say({ type: 'unable', error: { kind: 'storage/locked' } })

  expect(await engine.started).toEqual({ ok: false, error: { kind: 'storage/locked' } })
  engine.end()
})

test('every call gets the reply to itself, in whatever order they come', async () => {
  const { inside, engine } = await runningEngine()

  const first = engine.call('torrent.magnet', { infoHash: anInfoHash('a') })
  const second = engine.call('torrent.magnet', { infoHash: anInfoHash('b') })
  const asked = [await inside.next('request'), await inside.next('request')]
  for (const { id, args } of asked.reverse()) {
    await inside.say({ type: 'reply', id, result: { ok: true, value: args } })
  }

  expect(await first).toEqual({ ok: true, value: { infoHash: anInfoHash('a') } })
  expect(await second).toEqual({ ok: true, value: { infoHash: anInfoHash('b') } })
  engine.end()
})

test('a call that takes long says how far it is, and nothing after its answer', async () => {
  const { inside, engine } = await runningEngine()
  const told: number[] = []
  const args = { infoHash: anInfoHash(), file: 0 }
  const onProgress = (doneBytes: number) => told.push(doneBytes)

  const call = engine.call('torrent.export', args, { onProgress })
  const { id } = await inside.next('request')
  await inside.say({ type: 'progress', id, doneBytes: 5 })
  await inside.say({ type: 'reply', id, result: { ok: true, value: null } })
  await inside.say({ type: 'progress', id, doneBytes: 6 })
  await call

  expect(told).toEqual([5])
  engine.end()
})

test('an aborted call rejects with the reason and tells the worker', async () => {
  const { inside, engine } = await runningEngine()
  const aborter = new AbortController()
  const reason = new Error('the sheet was closed')

  const call = engine.call('torrent.preview', { source: 'magnet:?' }, { signal: aborter.signal })
  const { id } = await inside.next('request')
  aborter.abort(reason)

  await expect(call).rejects.toBe(reason)
  expect(await inside.next('cancel')).toEqual({ type: 'cancel', id })
  await inside.say({ type: 'cancelled', id })
  engine.end()
})

test('a call with a signal that is aborted already asks nothing', async () => {
  const { inside, engine } = await runningEngine()

  const call = engine.call('settings.get', null, { signal: AbortSignal.abort('no') })
  void engine.call('state.sync', null)

  await expect(call).rejects.toBe('no')
  expect(await inside.next('request')).toMatchObject({ call: 'state.sync' })
  engine.end()
})

test('aborting after the reply changes nothing', async () => {
  const { inside, engine } = await runningEngine()
  const aborter = new AbortController()

  const call = engine.call('torrent.pause', { infoHash: anInfoHash() }, aborter)
  const { id } = await inside.next('request')
  await inside.say({ type: 'reply', id, result: { ok: true, value: null } })
  aborter.abort()
  void engine.call('state.sync', null)

  expect(await call).toEqual({ ok: true, value: null })
  await inside.next('request')
  expect(inside.received.map(({ type }) => type)).toEqual(['init', 'request', 'request'])
  engine.end()
})

test('when the worker dies, what was asked and what will be asked is answered engine/lost', async () => {
  const { inside, engine } = await runningEngine()
  const notices: Notice[] = []
  engine.onNotice((notice) => notices.push(notice))

  const before = engine.call('settings.get', null)
  inside.fail('Uncaught TypeError: boom')
  const after = engine.call('settings.get', null)

  const lost = { ok: false, error: { kind: 'engine/lost' } }
  expect(await Promise.all([before, after])).toEqual([lost, lost])
  await engine.gone
  expect(inside.terminated).toBe(true)
  expect(notices).toMatchObject([
    {
      type: 'trouble',
      error: { kind: 'engine/bug', cause: { message: 'Uncaught TypeError: boom' } },
    },
  ])
})

test('a worker whose script does not load is lost before it is ready', async () => {
  const inside = makeWorkerInMemory()
  const engine = makeEngineClient(inside.worker, 'b1')

  engine.init(CONFIG, new MessageChannel().port1)
  inside.fail()

  expect(await engine.started).toEqual({ ok: false, error: { kind: 'engine/lost' } })
})

test('news of a start under way is not told before the whole', async () => {
  const inside = makeWorkerInMemory()
  const engine = makeEngineClient(inside.worker, 'b1')
  const notices: Notice[] = []
  engine.onNotice((notice) => notices.push(notice))

  engine.init(CONFIG, new MessageChannel().port1)
  await inside.say({ type: 'state-changed', revision: 1, changes: [] })
  await inside.say(ready)
  await inside.say({ type: 'state-replaced', state: emptyEngineState() })
  await inside.say({ type: 'state-changed', revision: 1, changes: [] })

  expect(notices.map(({ type }) => type)).toEqual(['state-replaced', 'state-changed'])
  engine.end()
})

test('arguments that no message can carry are a bug, not a call that never ends', async () => {
  const { engine } = await runningEngine()

  // A function among the files, which the types do not allow and a script may still pass.
  const call = engine.call('torrent.want', { infoHash: anInfoHash(), files: [(() => {}) as never] })

  expect(await call).toMatchObject({ ok: false, error: { kind: 'engine/bug' } })
  engine.end()
})
