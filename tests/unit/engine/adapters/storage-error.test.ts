import { afterEach, expect, test, vi } from 'vitest'
import { probeStorage } from '../../../../src/engine/adapters/probe-storage.ts'
import { storageError, storageFull } from '../../../../src/engine/adapters/storage-error.ts'

afterEach(() => vi.unstubAllGlobals())

const exception = (name: string) => new DOMException('the browser’s own words', name)

test.each(['QuotaExceededError', 'NS_ERROR_DOM_QUOTA_REACHED', 'NS_ERROR_FILE_NO_DEVICE_SPACE'])(
  '%s is storage/full, with what was needed and what is left',
  async (name) => {
    stubEstimate({ usage: 90, quota: 100 })

    const error = await storageError(exception(name), 50)

    expect(error).toEqual({ kind: 'storage/full', needed: 50, available: 10 })
  },
)

test('an exception that is no Error, as Firefox throws them, is known by its name', async () => {
  stubEstimate({ usage: 90, quota: 100 })

  const error = await storageError({ name: 'NS_ERROR_FILE_NO_DEVICE_SPACE' }, 50)

  expect(error.kind).toBe('storage/full')
})

test('an estimate that contradicts the refusal is not believed', async () => {
  stubEstimate({ usage: 90, quota: 10_000 })

  expect(await storageFull(50)).toEqual({ kind: 'storage/full', needed: 50, available: 0 })
})

test('a browser that gives no estimate leaves nothing', async () => {
  vi.stubGlobal('navigator', {})

  expect(await storageFull(50)).toEqual({ kind: 'storage/full', needed: 50, available: 0 })
})

test.each([
  ['NoModificationAllowedError', 'storage/locked'],
  ['SecurityError', 'storage/unsupported'],
  ['InvalidStateError', 'storage/io'],
])('%s is %s', async (name, kind) => {
  expect((await storageError(exception(name), 0)).kind).toBe(kind)
})

test('where there is no OPFS at all, probing finds memory', async () => {
  vi.stubGlobal('navigator', {})

  expect((await probeStorage()).kind).toBe('memory')
})

test('where OPFS has no synchronous handles, probing finds memory', async () => {
  stubOpfs({ createSyncAccessHandle: undefined })

  expect((await probeStorage()).kind).toBe('memory')
})

test('a full disk is no reason to forget what is on it', async () => {
  stubOpfs({ createSyncAccessHandle: () => Promise.reject(exception('QuotaExceededError')) })

  expect((await probeStorage()).kind).toBe('opfs')
})

function stubEstimate(estimate: StorageEstimate) {
  vi.stubGlobal('navigator', { storage: { estimate: async () => estimate } })
}

function stubOpfs(file: object) {
  const root = { getFileHandle: async () => file, removeEntry: async () => {} }
  vi.stubGlobal('navigator', {
    storage: { getDirectory: async () => root, estimate: async () => ({}) },
  })
}
