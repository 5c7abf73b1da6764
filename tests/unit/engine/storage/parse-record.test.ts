import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  parseStoredSettings,
  parseTorrentRecord,
} from '../../../../src/engine/storage/parse-record.ts'
import { aRecord } from '../../../contract/record-store.contract.ts'

test('a record is read as it was written', () => {
  expect(parseTorrentRecord(aRecord({}))).toEqual(aRecord({}))
})

test('anything at all is a record or null, and settings or none; nothing throws', () => {
  fc.assert(
    fc.property(fc.anything({ withBigInt: true, withDate: true, withMap: true }), (stored) => {
      parseTorrentRecord(stored)
      parseStoredSettings(stored)
    }),
  )
})

test('a record of which any one field is something else is null, or has a value of its type', () => {
  const record = aRecord({
    http: { url: 'https://x.test/', length: 1, keptBytes: 1, validator: '' },
  })
  const field = fc.constantFrom(...Object.keys(record))

  fc.assert(
    fc.property(field, fc.anything({ withBigInt: true }), (field, value) => {
      const parsed = parseTorrentRecord({ ...record, [field]: value })

      if (parsed === null) return
      for (const [name, is] of Object.entries(CHECKS)) {
        expect(is(parsed[name as keyof typeof parsed]), name).toBe(true)
      }
    }),
  )
})

test.each([
  ['infoHash', 'A'.repeat(40)],
  ['addedAt', Number.NaN],
  ['downBytes', -1],
  ['upBytes', 1.5],
  ['metainfo', [1, 2, 3]],
  ['policy', { name: 'private', sources: ['tracker'] }],
  ['http', { url: 'https://x.test/', length: -1, keptBytes: 0, validator: null }],
])('a record whose %s is %j is none', (field, value) => {
  expect(parseTorrentRecord({ ...aRecord({}), [field]: value })).toBeNull()
})

const isText = (value: unknown) => typeof value === 'string'
const isCount = (value: unknown) => Number.isSafeInteger(value)
const areTexts = (value: unknown) => Array.isArray(value) && value.every(isText)

const CHECKS: Readonly<Record<string, (value: unknown) => boolean>> = {
  infoHash: isText,
  name: (value) => value === null || isText(value),
  metainfo: (value) => value === null || value instanceof Uint8Array,
  trackers: areTexts,
  webSeeds: areTexts,
  wanted: (value) => value === null || areTexts(value),
  paused: (value) => typeof value === 'boolean',
  addedAt: isCount,
  downBytes: isCount,
  upBytes: isCount,
}

test('a record of version 2 has no limits, and its files are as important as each other', () => {
  const { limits: _, priorities: __, ...before } = aRecord({})

  const read = parseTorrentRecord(before)

  expect(read).toEqual({
    ...before,
    limits: { down: null, up: null },
    priorities: { high: [], low: [] },
  })
})

test.each([
  ['limits', { down: -1, up: null }],
  ['limits', { down: 0.5, up: null }],
  ['priorities', { high: [5], low: [] }],
])('a record whose %s are %j is none', (field, value) => {
  expect(parseTorrentRecord({ ...aRecord({}), [field]: value })).toBeNull()
})
