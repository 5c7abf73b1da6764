import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  ackFrame,
  MAX_FALLBACK_LENGTH,
  readAck,
  readRequest,
  requestFrame,
} from '../../../../src/engine/fallback/fallback-messages.ts'
import type { BtFallbackAck } from '../../../../src/engine/model/private-job.ts'
import { makeFrameReader } from '../../../../src/engine/overlay/frames.ts'
import { encodeStrict } from '../../../../src/engine/strict-cbor.ts'
import { anInfoHash } from '../../../support/a-torrent.ts'

const bodyOf = (bytes: Uint8Array) => makeFrameReader(MAX_FALLBACK_LENGTH).push(bytes)![0]!
const REQUEST = { jobId: 'job', variantId: 'flac', contentId: 'mb:1', reason: 'no other way' }

test('a request is read as it was said', () => {
  expect(readRequest(bodyOf(requestFrame(REQUEST)))).toEqual(REQUEST)
})

test.each<BtFallbackAck>([
  { accepted: true, infoHash: anInfoHash('b'), invite: null },
  { accepted: true, infoHash: anInfoHash('c'), invite: 'https://app.example/#i=abc' },
  { accepted: false, reason: 'missing-job-id-or-variant-id' },
  { accepted: false, reason: 'unknown-job-or-variant' },
  { accepted: false, reason: 'security-denied' },
  { accepted: false, reason: 'backend-disabled' },
  { accepted: false, reason: 'internal-error' },
])('an answer is read as it was said: %j', (answer) => {
  expect(readAck(bodyOf(ackFrame(answer)))).toEqual(answer)
})

test('a request without a job or a variant is one, so that it can be refused by name', () => {
  const said = encodeStrict({ type: 'request', contentId: '', reason: '' })

  expect(readRequest(said)).toEqual({ jobId: '', variantId: '', contentId: '', reason: '' })
})

test.each([
  ['another type', { type: 'ack', ...REQUEST }],
  ['a field too many', { type: 'request', ...REQUEST, path: '/etc/passwd' }],
  ['a long job', { type: 'request', ...REQUEST, jobId: 'x'.repeat(129) }],
  ['a number for a job', { type: 'request', ...REQUEST, jobId: 7 }],
  ['no content', { type: 'request', jobId: 'a', variantId: 'b', reason: '' }],
])('what is no request says nothing: %s', (_name, said) => {
  expect(readRequest(encodeStrict(said))).toBeNull()
})

test.each([
  ['an unknown reason', { type: 'ack', accepted: false, reason: 'because' }],
  ['yes with a reason', { type: 'ack', accepted: true, reason: 'security-denied' }],
  [
    'a short info hash',
    { type: 'ack', accepted: true, infoHash: new Uint8Array(19), invite: null },
  ],
  [
    'an endless invite',
    { type: 'ack', accepted: true, infoHash: new Uint8Array(20), invite: 'x'.repeat(4097) },
  ],
])('what is no answer says nothing: %s', (_name, said) => {
  expect(readAck(encodeStrict(said))).toBeNull()
})

test('bytes of any kind are read without a throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      readRequest(bytes)
      readAck(bytes)
    }),
  )
})
