import { expect, test } from 'vitest'
import { isInstalled } from '../../../scripts/lib/ensure-dependencies.mjs'

const facts = { stamped: 'now', digest: 'now', lockfileTime: 200, installedTime: 100 }

test('without an install that ended there are no dependencies', () => {
  expect(isInstalled({ ...facts, installedTime: null })).toBe(false)
})

test('a lockfile that was only touched needs no install', () => {
  expect(isInstalled({ ...facts, lockfileTime: 200, installedTime: 100 })).toBe(true)
})

test('a lockfile with other contents than those installed needs one', () => {
  expect(isInstalled({ ...facts, stamped: 'before' })).toBe(false)
})

test('what a person installed after the lockfile was written is trusted', () => {
  expect(isInstalled({ ...facts, stamped: null, installedTime: 300 })).toBe(true)
})
