import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { digestOf, isFresh, writeStamp } from '../../../scripts/lib/build-stamp.mjs'

let root: string
let stamp: string
let product: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'chiral-stamp-'))
  stamp = join(root, 'cache', 'app.stamp')
  product = join(root, 'index.html')
  mkdirSync(join(root, 'src', 'deep'), { recursive: true })
  writeFileSync(join(root, 'src', 'one.ts'), 'one')
  writeFileSync(join(root, 'src', 'deep', 'two.ts'), 'two')
  writeFileSync(product, 'built')
})

afterEach(() => rmSync(root, { recursive: true }))

const digest = () => digestOf(root, ['src', 'not-there'])

test('a product is fresh until one of its sources changes', () => {
  writeStamp(stamp, digest(), product)

  const before = isFresh(stamp, digest(), product)
  writeFileSync(join(root, 'src', 'deep', 'two.ts'), 'TWO')
  const after = isFresh(stamp, digest(), product)

  expect([before, after]).toEqual([true, false])
})

test('a source that is renamed, added or removed changes the digest', () => {
  const digests = [digest()]

  renameSync(join(root, 'src', 'one.ts'), join(root, 'src', 'three.ts'))
  digests.push(digest())
  writeFileSync(join(root, 'src', 'empty.ts'), '')
  digests.push(digest())
  rmSync(join(root, 'src', 'deep'), { recursive: true })
  digests.push(digest())

  expect(new Set(digests).size).toBe(digests.length)
})

test('a source that is only touched does not', () => {
  const before = digest()

  utimesSync(join(root, 'src', 'one.ts'), 1, 1)

  expect(digest()).toBe(before)
})

test('a product that is gone, or written by someone else, is not fresh', () => {
  writeStamp(stamp, digest(), product)

  utimesSync(product, 1, 1)
  const rewritten = isFresh(stamp, digest(), product)
  rmSync(product)
  const gone = isFresh(stamp, digest(), product)

  expect([rewritten, gone]).toEqual([false, false])
})

test('without a stamp nothing is fresh', () => {
  expect(isFresh(stamp, digest(), product)).toBe(false)
})
