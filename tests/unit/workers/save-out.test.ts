import { beforeEach, expect, test } from 'vitest'
import type { EngineError } from '../../../src/engine/model/errors.ts'
import { err, ok, type Result } from '../../../src/engine/model/result.ts'
import { makeSaveOut, type SaveWorker } from '../../../src/workers/page/save-out.ts'
import type { EngineClient } from '../../../src/workers/protocol/engine-client.ts'
import type { FromSaver, ToSaver } from '../../../src/workers/protocol/save.ts'
import { anInfoHash } from '../../support/a-torrent.ts'

const ORDER = {
  infoHash: anInfoHash(),
  name: 'Folder',
  entries: [{ file: 0, path: 'Folder/one', length: 3 }],
}
// By its shape: nothing of it is called here.
const FOLDER = { kind: 'folder', handle: {} as FileSystemDirectoryHandle } as const

let worker: ReturnType<typeof fakeWorker>
let exported: Result<File, EngineError>

beforeEach(() => {
  worker = fakeWorker()
  exported = ok(new File(['one'], 'one'))
})

test('the worker gets each file it asks for from the engine, and is ended when it is done', async () => {
  const saving = aSaveOut().save(ORDER, FOLDER, options())
  worker.say({ type: 'wants', file: 0 })
  await expect.poll(() => worker.heard.at(-1)?.type).toBe('file')
  worker.say({ type: 'done', result: ok(null) })

  expect(await saving).toEqual({ ok: true, value: undefined })
  expect(worker.heard.map(({ type }) => type)).toEqual(['save', 'file'])
  expect(worker.ended).toBe(true)
})

test('a cancelled saving is waited for until nothing half-made is left', async () => {
  const controller = new AbortController()
  const saving = aSaveOut().save(ORDER, FOLDER, options(controller.signal))

  controller.abort(new Error('enough'))
  await Promise.resolve()
  expect([worker.heard.at(-1)?.type, worker.ended]).toEqual(['cancel', false])
  worker.say({ type: 'cancelled' })

  await expect(saving).rejects.toThrow('enough')
  expect(worker.ended).toBe(true)
})

test('a file that is still being checked is given up with the saving, and not missed', async () => {
  const controller = new AbortController()
  const checked: string[] = []
  const onChecking = ({ path }: { path: string }, doneBytes: number) =>
    checked.push(`${path} ${doneBytes}`)
  const saving = aSaveOut((_name, _args, { signal, onProgress } = {}) => {
    onProgress?.(2)
    return new Promise((_, reject) => {
      // The reason that the test gives below.
      signal?.addEventListener('abort', () => reject(signal.reason as Error))
    })
  }).save(ORDER, FOLDER, { ...options(controller.signal), onChecking })
  worker.say({ type: 'wants', file: 0 })

  controller.abort(new Error('enough'))
  await new Promise((resolve) => setImmediate(resolve))
  const endedBefore = worker.ended
  worker.say({ type: 'cancelled' })

  await expect(saving).rejects.toThrow('enough')
  expect([endedBefore, worker.ended]).toEqual([false, true])
  expect(checked).toEqual(['Folder/one 2'])
})

test('one that was given up in the browser’s own list is no failure', async () => {
  const saving = aSaveOut().save(ORDER, FOLDER, options())

  worker.say({ type: 'cancelled' })

  expect(await saving).toBeNull()
})

test('a worker that breaks is a bug that is told, not a saving without end', async () => {
  const saving = aSaveOut().save(ORDER, FOLDER, options())

  worker.break('no such script')

  expect(await saving).toEqual(
    err({ kind: 'engine/bug', cause: { name: 'Error', message: 'no such script' } }),
  )
  expect(worker.ended).toBe(true)
})

test('a browser without a chooser saves archives as downloads, and without a service worker says so', async () => {
  const saveOut = aSaveOut()

  const place = await saveOut.choose('zip', 'Folder')

  expect(place).toEqual({ kind: 'download' })
  expect(saveOut.folders).toBe(false)
  expect(await saveOut.save(ORDER, place!, options())).toEqual(
    err({ kind: 'engine/unsupported', what: 'streamed downloads' }),
  )
})

function options(signal = new AbortController().signal) {
  return { signal, onProgress: () => undefined }
}

function aSaveOut(
  call: (...asked: Parameters<EngineClient['call']>) => Promise<unknown> = async () => exported,
) {
  // It is asked for files only.
  const client = { call, onNotice: () => () => undefined } as unknown as EngineClient
  return makeSaveOut({
    client,
    choosers: { saveFile: null, folder: null },
    startWorker: () => worker,
    downloads: async () => null,
  })
}

function fakeWorker() {
  const target = new EventTarget()
  const heard: ToSaver[] = []
  const self = {
    heard,
    ended: false,
    say: (data: FromSaver) => target.dispatchEvent(new MessageEvent('message', { data })),
    break: (message: string) =>
      target.dispatchEvent(Object.assign(new Event('error'), { message })),
    postMessage: (message: ToSaver) => void heard.push(message),
    addEventListener: (type: string, listener: (event: never) => void) =>
      // What is dispatched above has what the listener of its type reads.
      target.addEventListener(type, listener as unknown as EventListener),
    terminate: () => void (self.ended = true),
  }
  return self satisfies SaveWorker
}
