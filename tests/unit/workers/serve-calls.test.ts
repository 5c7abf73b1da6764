import { MessageChannel } from 'node:worker_threads'
import { expect, test, vi } from 'vitest'
import { emptyEngineState } from '../../../src/engine/model/engine-state.ts'
import { err, ok } from '../../../src/engine/model/result.ts'
import type { FromEngine } from '../../../src/workers/protocol/control.ts'
import { makeCallServer } from '../../../src/workers/worker/serve-calls.ts'
import { anInfoHash } from '../../support/a-torrent.ts'
import { answersWith } from '../../support/engine-answers.ts'

const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    // The reason of an abort is an error unless somebody chose otherwise; here nobody does.
    signal.addEventListener('abort', () => reject(signal.reason as Error))
  })

test('a request is replied to with what the engine answers', async () => {
  const sent: FromEngine[] = []
  const server = makeCallServer(answersWith({}), (message) => sent.push(message))
  const args = { infoHash: anInfoHash() }

  await server.serve({ type: 'request', id: 7, call: 'torrent.pause', args })
  await server.serve({ type: 'request', id: 8, call: 'torrent.peers', args })

  expect(sent).toEqual([
    { type: 'reply', id: 7, result: { ok: true, value: null } },
    { type: 'reply', id: 8, result: { ok: false, error: { kind: 'input/unknown-torrent' } } },
  ])
})

test('what takes long says how far it is before its answer, and what is short says nothing', async () => {
  vi.useFakeTimers()
  const sent: FromEngine[] = []
  const answers = answersWith({
    async 'torrent.export'({ file }, _signal, onProgress) {
      for (let step = 1; step <= 10; step++) {
        vi.advanceTimersByTime(file === 0 ? 100 : 1)
        onProgress(step)
      }
      return err({ kind: 'input/unknown-file' })
    },
  })
  const server = makeCallServer(answers, (message) => sent.push(message))

  for (const file of [0, 1]) {
    const args = { infoHash: anInfoHash(), file }
    await server.serve({ type: 'request', id: file, call: 'torrent.export', args })
  }
  vi.useRealTimers()

  const done = sent.flatMap((one) => (one.type === 'progress' ? [[one.id, one.doneBytes]] : []))
  expect(done).toEqual([2, 4, 6, 8, 10].map((step) => [0, step]))
  expect(sent.filter(({ type }) => type === 'reply')).toHaveLength(2)
})

test('an answer that throws is replied to as a bug, with its cause', async () => {
  const sent: FromEngine[] = []
  const answers = answersWith({
    'state.sync': async () => {
      throw new TypeError('no state')
    },
  })

  await makeCallServer(answers, (message) => sent.push(message)).serve({
    type: 'request',
    id: 1,
    call: 'state.sync',
    args: null,
  })

  expect(sent).toMatchObject([
    {
      type: 'reply',
      id: 1,
      result: {
        ok: false,
        error: { kind: 'engine/bug', cause: { name: 'TypeError', message: 'no state' } },
      },
    },
  ])
})

test('an answer that throws before it returns a promise is a bug like any other', async () => {
  const sent: FromEngine[] = []
  const answers = answersWith({
    'state.sync': () => {
      throw new TypeError('at once')
    },
  })

  await makeCallServer(answers, (message) => sent.push(message)).serve({
    type: 'request',
    id: 1,
    call: 'state.sync',
    args: null,
  })

  expect(sent).toMatchObject([{ type: 'reply', id: 1, result: { error: { kind: 'engine/bug' } } }])
})

test('a cancelled call is answered once, as cancelled', async () => {
  const sent: FromEngine[] = []
  const answers = answersWith({ 'torrent.preview': (_, signal) => untilAborted(signal) })
  const server = makeCallServer(answers, (message) => sent.push(message))

  const served = server.serve({
    type: 'request',
    id: 3,
    call: 'torrent.preview',
    args: { source: 'magnet:?' },
  })
  server.cancel(3)
  server.cancel(3)
  await served

  expect(sent).toEqual([{ type: 'cancelled', id: 3 }])
})

test('cancelling one call leaves the others alone', async () => {
  const sent: FromEngine[] = []
  const signals: AbortSignal[] = []
  const answers = answersWith({
    'torrent.preview': (_, signal) => {
      signals.push(signal)
      return untilAborted(signal)
    },
  })
  const server = makeCallServer(answers, (message) => sent.push(message))
  const args = { source: 'magnet:?' }

  void server.serve({ type: 'request', id: 1, call: 'torrent.preview', args })
  const second = server.serve({ type: 'request', id: 2, call: 'torrent.preview', args })
  server.cancel(2)
  server.cancel(99)
  await second

  expect(signals.map((signal) => signal.aborted)).toEqual([false, true])
  expect(sent).toEqual([{ type: 'cancelled', id: 2 }])
})

test('a value that cannot be cloned is replied to as a bug', async () => {
  const { port1, port2 } = new MessageChannel()
  const received = new Promise((resolve) => port2.once('message', resolve))
  const answers = answersWith({
    // A function inside a state: nothing the types allow, and nothing a message can carry.
    'state.sync': async () => ok({ ...emptyEngineState(), torrents: (() => {}) as never }),
  })

  await makeCallServer(answers, (message) => port1.postMessage(message)).serve({
    type: 'request',
    id: 5,
    call: 'state.sync',
    args: null,
  })

  expect(await received).toMatchObject({
    type: 'reply',
    id: 5,
    result: { ok: false, error: { kind: 'engine/bug', cause: { name: 'DataCloneError' } } },
  })
  port1.close()
})
