import { encode } from 'cborg'
import { expect, test, vi } from 'vitest'
import {
  MAX_PARENTS,
  readEntry,
  writeEntry,
  type EntryHash,
  type LogChange,
} from '../../../../src/engine/membership/log-entry.ts'
import { publicKeyOf, type Signer } from '../../../../src/engine/membership/peer-keys.ts'
import { bytesOfHex } from '../../../../src/engine/model/ids.ts'
import { encodeStrict } from '../../../../src/engine/strict-cbor.ts'
import {
  aCreation,
  add,
  ANNA,
  BEN,
  CARL,
  NOON,
  OWNER,
  remove,
  revoke,
  rotate,
} from '../../../support/members.ts'

// Thousands of signatures.
vi.setConfig({ testTimeout: 60_000 })

const create = await aCreation()
const invite = 'cd'.repeat(32)

/** Any body, signed as an entry. */
async function signed(
  body: unknown,
  { signer = ANNA, encoded = encodeStrict(body) }: { signer?: Signer; encoded?: Uint8Array } = {},
): Promise<Uint8Array> {
  const label = new TextEncoder().encode('chiral-member/1')
  const signature = await signer.sign(new Uint8Array([...label, ...encoded]))
  return new Uint8Array([...encoded, ...signature])
}

const removal = {
  v: 1,
  swarm: bytesOfHex(create.swarm),
  parents: [bytesOfHex(create.hash)],
  author: publicKeyOf(ANNA.self),
  at: NOON,
  what: { type: 'remove', peer: publicKeyOf(BEN.self) },
}
const addition = {
  type: 'add',
  peer: publicKeyOf(BEN.self),
  role: 'member',
  name: null,
  person: null,
  invite: null,
}

test.each<[string, LogChange]>([
  ['an add', add(BEN)],
  ['an add with all there is', add(BEN, 'admin', { name: 'Bén', person: CARL.self, invite })],
  ['a removal', remove(BEN)],
  ['a revocation', revoke(invite)],
  ['a rotation', rotate(1)],
])('%s is read as it was written', async (_, what) => {
  const body = { swarm: create.swarm, parents: [create.hash], at: NOON, what }

  const entry = await writeEntry(ANNA, body)

  expect(await readEntry(entry.bytes)).toEqual(entry)
  expect(entry).toMatchObject({ ...body, author: ANNA.self })
})

test('a creation names its swarm by its own hash', async () => {
  expect(await readEntry(create.bytes)).toEqual(create)
  expect(create.swarm).toBe(create.hash)
  expect(create).toMatchObject({ author: OWNER.self, parents: [] })
})

test('what is built by hand is read, so that the refusals below are for what they say', async () => {
  expect(await readEntry(await signed(removal))).not.toBeNull()
  expect(await readEntry(await signed({ ...removal, what: addition }))).not.toBeNull()
})

const hash = (byte: number) => new Uint8Array(32).fill(byte)

test.each<[string, unknown]>([
  ['another version', { ...removal, v: 2 }],
  ['a field too many', { ...removal, more: 1 }],
  ['no time', { ...removal, at: null }],
  ['a time before all', { ...removal, at: -1 }],
  ['half a millisecond', { ...removal, at: 0.5 }],
  ['a time that no date can hold', { ...removal, at: 8.64e15 + 1 }],
  ['no swarm', { ...removal, swarm: null }],
  ['a swarm of another length', { ...removal, swarm: new Uint8Array(20) }],
  ['no parents', { ...removal, parents: [] }],
  ['a parent twice', { ...removal, parents: [hash(1), hash(1)] }],
  ['parents out of order', { ...removal, parents: [hash(2), hash(1)] }],
  ['too many parents', { ...removal, parents: Array.from({ length: 9 }, (_, at) => hash(at)) }],
  ['a parent of another length', { ...removal, parents: [new Uint8Array(31)] }],
  ['an author as text', { ...removal, author: ANNA.self }],
  ['a change nobody knows', { ...removal, what: { type: 'promote', peer: publicKeyOf(BEN.self) } }],
  ['a peer of another length', { ...removal, what: { type: 'remove', peer: new Uint8Array(33) } }],
  ['an owner by decree', { ...removal, what: { ...addition, role: 'owner' } }],
  ['a name that is too long', { ...removal, what: { ...addition, name: 'a'.repeat(65) } }],
  ['a name of two lines', { ...removal, what: { ...addition, name: 'a\nb' } }],
  ['its own device', { ...removal, what: { ...addition, person: publicKeyOf(BEN.self) } }],
  [
    'an invite of another length',
    { ...removal, what: { ...addition, invite: new Uint8Array(16) } },
  ],
  [
    'a creation inside a swarm',
    { ...removal, what: { type: 'create', infoHash: new Uint8Array(20), commitment: hash(1) } },
  ],
  [
    'a commitment of another length',
    { ...removal, what: { type: 'rotate', commitment: new Uint8Array(31) } },
  ],
  ['a list', [removal]],
  ['nothing', null],
])('%s is no entry', async (_, body) => {
  expect(await readEntry(await signed(body))).toBeNull()
})

test('a body has one spelling', async () => {
  const reversed = encode(removal, { mapSorter: () => 0 })
  const longer = new Uint8Array([0xb8, 6, ...encodeStrict(removal).subarray(1)])
  const followed = new Uint8Array([...encodeStrict(removal), 0])

  for (const encoded of [reversed, longer, followed]) {
    expect(encoded).not.toEqual(encodeStrict(removal))
    expect(await readEntry(await signed(null, { encoded }))).toBeNull()
  }
})

test('an entry is its author’s word, and no other’s', async () => {
  expect(await readEntry(await signed(removal, { signer: BEN }))).toBeNull()
  expect(await readEntry(await signed({ ...removal, author: publicKeyOf(OWNER.self) }))).toBeNull()
})

test('a signature for something else is none for an entry', async () => {
  const encoded = encodeStrict(removal)
  const signature = await ANNA.sign(encoded)

  expect(await readEntry(new Uint8Array([...encoded, ...signature]))).toBeNull()
})

test('no byte of an entry can be changed', async () => {
  const { bytes } = await writeEntry(ANNA, {
    swarm: create.swarm,
    parents: [create.hash],
    at: NOON,
    what: add(BEN, 'member', { name: 'Ben' }),
  })

  for (let at = 0; at < bytes.length; at++) {
    const changed = bytes.with(at, bytes[at]! ^ (1 << (at % 8)))
    expect(await readEntry(changed)).toBeNull()
  }
})

test('no part of an entry is an entry, nor an entry with more behind it', async () => {
  const { bytes } = create

  for (let length = 0; length < bytes.length; length++) {
    expect(await readEntry(bytes.subarray(0, length))).toBeNull()
  }
  expect(await readEntry(new Uint8Array([...bytes, 0]))).toBeNull()
})

test('what is deep or long is refused before it is looked at', async () => {
  expect(await readEntry(new Uint8Array(1024).fill(0x81))).toBeNull()
  expect(await readEntry(new Uint8Array(10_000_000))).toBeNull()
})

test('the longest entry can be written', async () => {
  const parents = Array.from(
    { length: MAX_PARENTS },
    (_, at) => at.toString(16).padStart(64, '0') as EntryHash, // 64 hex digits
  )
  const what = add(BEN, 'admin', { name: '語'.repeat(64), person: CARL.self, invite })

  const entry = await writeEntry(ANNA, { swarm: create.swarm, parents, at: NOON, what })

  expect(await readEntry(entry.bytes)).toEqual(entry)
})

test('nobody writes what nobody would read', async () => {
  const body = { swarm: create.swarm, parents: [create.hash], at: NOON }

  await expect(
    writeEntry(ANNA, { ...body, what: add(BEN, 'member', { name: '' }) }),
  ).rejects.toThrow()
  await expect(writeEntry(ANNA, { ...body, what: revoke('xy'.repeat(32)) })).rejects.toThrow()
  await expect(writeEntry(ANNA, { ...body, swarm: null, what: remove(BEN) })).rejects.toThrow()
})
