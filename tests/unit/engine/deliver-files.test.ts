import { beforeEach, expect, test } from 'vitest'
import type { OutsideFolders } from '../../../src/engine/contracts/outside-folders.ts'
import type { DeliveredFile, PickedPlace } from '../../../src/engine/contracts/record-store.ts'
import { makeDelivery, type DeliveryDeps } from '../../../src/engine/deliver-files.ts'
import type { EngineError } from '../../../src/engine/model/errors.ts'
import type { FileIndex } from '../../../src/engine/model/ids.ts'
import { err, ok } from '../../../src/engine/model/result.ts'
import { makeMetainfo } from '../../../src/engine/make-metainfo.ts'

// By its shape: nothing of it is called here.
const root = { kind: 'directory', name: 'Music' } as FileSystemDirectoryHandle

let ready: Set<FileIndex>
let put: string[]
let remembered: readonly DeliveredFile[]
let failures: EngineError[]
let settled: PickedPlace | null
let allowed: boolean
/** Resolves when the next file is asked to be written; its answer waits for `finish`. */
let writing: PromiseWithResolvers<AbortSignal>
let finish: PromiseWithResolvers<void> | null

beforeEach(() => {
  ready = new Set()
  put = []
  remembered = []
  failures = []
  settled = null
  allowed = true
  writing = Promise.withResolvers()
  finish = null
})

test('a file that becomes ready is written under a safe name, and remembered', async () => {
  const delivery = await aDelivery()

  ready.add(0)
  delivery.look()
  await quiet(() => remembered.length === 1)

  expect(put).toEqual(['Album/Disc _1_/one_.flac'])
  expect(remembered).toEqual([
    { file: 0, names: ['Album', 'Disc _1_', 'one_.flac'], modifiedAt: 7 },
  ])
  expect(settled).toBeNull()
})

test('a file that becomes ready at whatever moment of a look is written', async () => {
  for (let microtasks = 0; microtasks < 12; microtasks++) {
    ready.clear()
    put = []
    const delivery = await aDelivery()

    delivery.look()
    for (let at = 0; at < microtasks; at++) await Promise.resolve()
    ready.add(1)
    delivery.look()

    await quiet(() => put.length === 1)
  }
})

test('what was delivered on an earlier visit is not written again', async () => {
  const earlier = [{ file: 0, names: ['Album', 'Disc _1_', 'one_ (2).flac'], modifiedAt: 3 }]
  const delivery = await aDelivery({ delivered: earlier })

  ready.add(0).add(1)
  delivery.look()
  await quiet(() => settled !== null)

  expect(put).toEqual(['Album/two.flac'])
  expect(settled?.files.map(({ names, modifiedAt }) => [names.at(-1), modifiedAt])).toEqual([
    ['one_ (2).flac', 3],
    ['two.flac', 7],
  ])
})

test('without permission nothing is written, and it goes on when it is looked at again', async () => {
  const delivery = await aDelivery()
  allowed = false
  ready.add(0)

  delivery.look()
  await quiet(() => failures.length === 1)
  expect(put).toEqual([])
  allowed = true
  delivery.look()
  await quiet(() => put.length === 1)

  expect(failures).toEqual([{ kind: 'storage/permission', name: 'Music' }])
})

test('stopping gives up the file that is being written, and forgets nothing of the others', async () => {
  const delivery = await aDelivery()
  finish = Promise.withResolvers()
  ready.add(0).add(1)
  delivery.look()
  const signal = await writing.promise

  await delivery.stop()

  expect(signal.aborted).toBe(true)
  expect(remembered).toEqual([])
  finish = null
  delivery.look()
  await quiet(() => remembered.length === 2)
})

async function aDelivery(change: Partial<DeliveryDeps> = {}) {
  const files = ['Album/Disc "1"/one?.flac', 'Album/two.flac'].map((path) => ({
    path,
    file: new File(['content'], path.split('/').at(-1)!),
  }))
  const made = await makeMetainfo(files, {}, { signal: new AbortController().signal })
  if (!made.ok) throw new Error(made.error.kind)
  return makeDelivery({
    folders: fakeFolders(),
    root,
    metainfo: made.value.metainfo,
    delivered: [],
    isReady: (file) => ready.has(file),
    read: async () => ok(new File(['content'], 'content')),
    onDelivered: (all) => (remembered = all),
    onFailure: (error) => failures.push(error),
    onAll: (place) => (settled = place),
    ...change,
  })
}

function fakeFolders(): OutsideFolders {
  return {
    mayWrite: async ({ name }) => (allowed ? ok() : err({ kind: 'storage/permission', name })),
    async put(_root, names, _content, signal) {
      writing.resolve(signal)
      if (finish !== null) await Promise.race([finish.promise, aborted(signal)])
      put.push(names.join('/'))
      return ok({ names, modifiedAt: 7 })
    },
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    // The reason of an abort is an error unless somebody chose otherwise.
    signal.addEventListener('abort', () => reject(signal.reason as Error))
  })
}

async function quiet(condition: () => boolean): Promise<void> {
  await expect.poll(condition).toBe(true)
}
