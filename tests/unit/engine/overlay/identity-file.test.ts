import { decode, encode } from 'cborg'
import fc from 'fast-check'
import { beforeAll, expect, test, vi } from 'vitest'
import {
  readIdentityFile,
  writeIdentityFile,
} from '../../../../src/engine/overlay/identity-file.ts'

/** Deriving a key is meant to be slow, and these machines are busy. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const PASSPHRASE = 'correct horse battery'
const identity = { seed: new Uint8Array(32).fill(7), name: 'Ana', createdAt: 1_790_000_000_000 }
let file: Uint8Array<ArrayBuffer>

beforeAll(async () => {
  const written = await writeIdentityFile(identity, PASSPHRASE)
  if (!written.ok) throw new Error(written.error.kind)
  file = written.value
})

test('what was written is read with the same passphrase, however its letters are composed', async () => {
  const written = await writeIdentityFile(identity, 'Amélie und Zoë')
  if (!written.ok) throw new Error(written.error.kind)

  expect(await readIdentityFile(written.value, 'Ame\u0301lie und Zoe\u0308')).toEqual({
    ok: true,
    value: identity,
  })
})

test('the file shows neither the key nor the name', () => {
  const text = Buffer.from(file).toString('hex')

  expect(text).not.toContain(Buffer.from(identity.seed).toString('hex'))
  expect(text).not.toContain(Buffer.from('Ana').toString('hex'))
})

test('another passphrase is told from a broken file', async () => {
  expect(await readIdentityFile(file, 'wrong horse battery')).toEqual({
    ok: false,
    error: { kind: 'input/identity', reason: 'passphrase' },
  })
})

test('a short passphrase protects nothing and is refused', async () => {
  expect(await writeIdentityFile(identity, 'seven77')).toEqual({
    ok: false,
    error: { kind: 'input/identity', reason: 'weak-passphrase' },
  })
})

test('a file of a newer version says so', async () => {
  // The file is a map of ours.
  const map = decode(file) as Record<string, unknown>

  expect(await readIdentityFile(encode({ ...map, version: 2, more: 1 }), PASSPHRASE)).toEqual({
    ok: false,
    error: { kind: 'input/identity', reason: 'newer' },
  })
})

test('a file cannot choose what the passphrase costs, or bring anything else along', async () => {
  // The file is a map of ours.
  const map = decode(file) as Record<string, unknown>

  expect(await readIdentityFile(encode({ ...map, memorySize: 1 << 30 }), PASSPHRASE)).toEqual({
    ok: false,
    error: { kind: 'input/identity', reason: 'format' },
  })
})

test('bytes that are no such file are refused before anything is derived from them', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 8192 }), async (bytes) => {
      expect(await readIdentityFile(bytes, PASSPHRASE)).toEqual({
        ok: false,
        error: { kind: 'input/identity', reason: 'format' },
      })
    }),
  )
})

test('a file that was cut off or grew is refused', async () => {
  for (const bytes of [file.subarray(0, -1), new Uint8Array([...file, 0])]) {
    expect(await readIdentityFile(bytes, PASSPHRASE)).toEqual({
      ok: false,
      error: { kind: 'input/identity', reason: 'format' },
    })
  }
})
