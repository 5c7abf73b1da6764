import * as v from 'valibot'
import { hexOf, infoHashOfDigest, isSwarmId, type SwarmId } from '../model/ids.ts'
import type { Bytes, Timestamp } from '../model/units.ts'
import { KEY_LENGTH, peerIdOfKey } from './peer-keys.ts'
import { isPlainName } from './plain-name.ts'

/** Fields of signed bodies, from bytes to the words of the model. */

export const HASH_LENGTH: Bytes = 32

/** Bytes of a buffer of their own. */
export const bytesField = (length: Bytes) =>
  v.pipe(
    v.instance(Uint8Array),
    v.check((bytes) => bytes.length === length),
    v.transform((bytes) => new Uint8Array(bytes)),
  )

export const hexField = (length: Bytes) =>
  v.pipe(
    bytesField(length),
    v.transform((bytes) => hexOf(bytes)),
  )

export const peerField = v.pipe(
  bytesField(KEY_LENGTH),
  v.transform((key) => peerIdOfKey(key)),
)

export const infoHashField = v.pipe(
  bytesField(20),
  v.transform((digest) => infoHashOfDigest(digest)),
)

export const swarmField = v.pipe(
  bytesField(HASH_LENGTH),
  v.transform((bytes) => swarmIdOf(bytes)),
)

/** The last moment that a `Date` can hold (ECMA-262, time values). */
const LAST_MOMENT: Timestamp = 8.64e15

export const timeField = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(LAST_MOMENT))

export const countField = v.pipe(v.number(), v.safeInteger(), v.minValue(0))

export const nameField = (maxLength: number) =>
  v.pipe(
    v.string(),
    v.check((text) => isPlainName(text, maxLength)),
  )

/** Hashes in rising order, each once: one spelling for each set. */
export const hashesField = (most: number) =>
  v.pipe(
    v.array(hexField(HASH_LENGTH)),
    v.maxLength(most),
    v.check((hashes) => hashes.every((hash, at) => at === 0 || hash > (hashes[at - 1] ?? ''))),
  )

function swarmIdOf(bytes: Uint8Array): SwarmId {
  const hex = hexOf(bytes)
  if (!isSwarmId(hex)) throw new Error('a swarm id has 32 bytes')
  return hex
}
