import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { withLock } from '../../../scripts/lib/with-lock.mjs'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chiral-lock-'))
})

afterEach(() => rmSync(folder, { recursive: true }))

test('of several who want a lock one works at a time, and nothing is left behind', async () => {
  let working = 0
  let most = 0
  const work = async () => {
    most = Math.max(most, ++working)
    await new Promise(setImmediate)
    working -= 1
  }

  await Promise.all([1, 2, 3].map(() => withLock(join(folder, 'a.lock'), work)))

  expect(most).toBe(1)
  expect(readdirSync(folder)).toEqual([])
})

test('the lock is given back when the work fails', async () => {
  const lock = join(folder, 'a.lock')

  const failed = withLock(lock, () => Promise.reject(new Error('no')))

  await expect(failed).rejects.toThrow('no')
  await expect(withLock(lock, () => Promise.resolve('mine'))).resolves.toBe('mine')
})

test('a lock whose owner is gone is taken over', async () => {
  const gone = spawnSync(process.execPath, ['--version']).pid
  mkdirSync(join(folder, 'a.lock'))
  writeFileSync(join(folder, 'a.lock', 'pid'), String(gone))

  const answer = await withLock(join(folder, 'a.lock'), () => Promise.resolve('mine'))

  expect(answer).toBe('mine')
})
