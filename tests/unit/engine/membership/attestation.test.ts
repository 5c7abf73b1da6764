import { expect, test, vi } from 'vitest'
import {
  ATTESTATION_AGE,
  CLOCK_TOLERANCE,
  MAX_HEADS,
  readAttestation,
  writeAttestation,
} from '../../../../src/engine/membership/attestation.ts'
import type { EntryHash } from '../../../../src/engine/membership/log-entry.ts'
import { openLog, restoreLog } from '../../../../src/engine/membership/membership-log.ts'
import { publicKeyOf, type Signer } from '../../../../src/engine/membership/peer-keys.ts'
import { bytesOfHex } from '../../../../src/engine/model/ids.ts'
import { HOUR } from '../../../../src/engine/model/units.ts'
import { encodeStrict } from '../../../../src/engine/strict-cbor.ts'
import {
  aCreation,
  add,
  aKeeper,
  anEntry,
  ANNA,
  BEN,
  CARL,
  DORA,
  NOON,
  OWNER,
  remove,
} from '../../../support/members.ts'

// Thousands of signatures.
vi.setConfig({ testTimeout: 60_000 })

const create = await aCreation()
const said = { swarm: create.swarm, heads: [create.hash], at: NOON }

test('an attestation is read as it was written', async () => {
  const attestation = await writeAttestation(ANNA, said)

  expect(await readAttestation(attestation.bytes)).toEqual(attestation)
  expect(attestation).toMatchObject({ ...said, author: ANNA.self })
})

test('no byte of an attestation can be changed, and no part of it is one', async () => {
  const { bytes } = await writeAttestation(ANNA, said)

  for (let at = 0; at < bytes.length; at++) {
    expect(await readAttestation(bytes.with(at, bytes[at]! ^ (1 << (at % 8))))).toBeNull()
  }
  for (let length = 0; length < bytes.length; length++) {
    expect(await readAttestation(bytes.subarray(0, length))).toBeNull()
  }
})

const body = {
  v: 1,
  swarm: bytesOfHex(create.swarm),
  author: publicKeyOf(ANNA.self),
  heads: [bytesOfHex(create.hash)],
  at: NOON,
}
const head = (at: number) => new Uint8Array(32).fill(at)

async function signed(value: unknown, signer: Signer = ANNA, label = 'chiral-attest/1') {
  const encoded = encodeStrict(value)
  const signature = await signer.sign(
    new Uint8Array([...new TextEncoder().encode(label), ...encoded]),
  )
  return new Uint8Array([...encoded, ...signature])
}

test.each<[string, unknown]>([
  ['another version', { ...body, v: 2 }],
  ['a field too many', { ...body, more: 1 }],
  ['no heads', { ...body, heads: [] }],
  ['a head twice', { ...body, heads: [head(1), head(1)] }],
  ['heads out of order', { ...body, heads: [head(2), head(1)] }],
  [
    'too many heads',
    { ...body, heads: Array.from({ length: MAX_HEADS + 1 }, (_, at) => head(at)) },
  ],
  ['a swarm of another length', { ...body, swarm: new Uint8Array(20) }],
  ['a time before all', { ...body, at: -1 }],
])('%s is no attestation', async (_, value) => {
  expect(await readAttestation(await signed(value))).toBeNull()
})

test('an attestation is the word of whom it names, about this and nothing else', async () => {
  expect(await readAttestation(await signed(body))).not.toBeNull()
  expect(await readAttestation(await signed(body, BEN))).toBeNull()
  expect(await readAttestation(await signed(body, ANNA, 'chiral-member/1'))).toBeNull()
})

/** The owner let Anna in as an admin and Ben as a member; what a newcomer is told of it. */
async function aSwarm() {
  const owner = aKeeper(create, OWNER)
  await owner.says(add(ANNA, 'admin'))
  await owner.says(add(BEN))
  const newcomer = openLog(create)!
  newcomer.add(owner.log.entries())
  return { owner, newcomer }
}

test('an add counts when an admin said that this is all there was', async () => {
  const { owner, newcomer } = await aSwarm()
  const before = [newcomer.view().member(BEN.self), newcomer.view().awaitsConfirmation(BEN.self)]

  const heard = newcomer.hears(await owner.attests(), NOON)

  expect(before).toEqual([null, true])
  expect(heard).toBe(true)
  expect(newcomer.view().member(BEN.self)?.role).toBe('member')
  expect(newcomer.view().mayAdmit(ANNA.self)).toBe(true)
  expect(newcomer.view().awaitsConfirmation(BEN.self)).toBe(false)
})

test('a log without its word lets nobody in, whatever it holds', async () => {
  const { newcomer } = await aSwarm()

  expect(newcomer.view().members()).toHaveLength(1)
  expect(newcomer.view().mayAdmit(ANNA.self)).toBe(false)
})

test.each<[string, number, boolean]>([
  ['as old as may be', ATTESTATION_AGE, true],
  ['a millisecond too old', ATTESTATION_AGE + 1, false],
  ['of a clock that is a little ahead', -CLOCK_TOLERANCE, true],
  ['of a clock that is too far ahead', -CLOCK_TOLERANCE - 1, false],
  ['of yesterday to a clock that is a day ahead', 48 * HOUR, false],
])('a word %s', async (_, age, believed) => {
  const { owner, newcomer } = await aSwarm()

  const heard = newcomer.hears(await owner.attests(NOON), NOON + age)

  expect(heard).toBe(believed)
  expect(newcomer.view().member(BEN.self) !== null).toBe(believed)
})

test('what was confirmed once stays, however old the word gets', async () => {
  const { owner, newcomer } = await aSwarm()
  newcomer.hears(await owner.attests(), NOON)

  const restored = restoreLog(newcomer.stored())!

  expect(restored.view().member(BEN.self)).not.toBeNull()
})

test('what came after the word waits for the next one', async () => {
  const { owner, newcomer } = await aSwarm()
  const word = await owner.attests()
  const later = await owner.says(add(CARL))
  newcomer.add([later])

  newcomer.hears(word, NOON)

  expect(newcomer.view().member(BEN.self)).not.toBeNull()
  expect(newcomer.view().member(CARL.self)).toBeNull()
})

test('a word about entries that are not here says nothing until they are', async () => {
  const { owner, newcomer } = await aSwarm()
  const removal = await owner.says(remove(BEN))
  const word = await owner.attests()

  const early = newcomer.hears(word, NOON)
  newcomer.add([removal])
  const late = newcomer.hears(word, NOON)

  expect([early, late]).toEqual([false, true])
  expect(newcomer.view().member(BEN.self)).toBeNull()
})

test('the word of a member, a stranger or another swarm says nothing', async () => {
  const { owner, newcomer } = await aSwarm()
  const heads = owner.log.heads()
  const other = await aCreation(OWNER, NOON + 1)

  const heard = [
    await writeAttestation(BEN, { ...said, heads }),
    await writeAttestation(DORA, { ...said, heads }),
    await writeAttestation(OWNER, { ...said, swarm: other.swarm, heads }),
  ].map((word) => newcomer.hears(word, NOON))

  expect(heard).toEqual([false, false, false])
  expect(newcomer.view().members()).toHaveLength(1)
})

test('the word of an admin that was removed says nothing, young as it is', async () => {
  const { owner } = await aSwarm()
  const anna = aKeeper(create, ANNA)
  anna.meets(owner)
  const old = await anna.says(add(DORA))
  const stale = openLog(create)!
  stale.add(owner.log.entries())
  stale.hears(await owner.attests(), NOON)
  stale.add([await owner.says(remove(ANNA))])

  stale.add([old])
  const heard = stale.hears(await anna.attests(NOON), NOON)

  expect(heard).toBe(false)
  expect(stale.view().member(DORA.self)).toBeNull()
})

test('who was let in by word of an admin goes when that admin’s removal is heard', async () => {
  const { owner, newcomer } = await aSwarm()
  const removal = await anEntry(OWNER, create, owner.log.heads(), remove(ANNA))
  const anna = aKeeper(create, ANNA)
  anna.meets(owner)
  await anna.says(add(DORA))
  newcomer.add(anna.log.entries())
  newcomer.hears(await anna.attests(), NOON, true)
  const fooled = newcomer.view().member(DORA.self)

  newcomer.add([removal])

  expect(fooled).not.toBeNull()
  expect(newcomer.view().member(DORA.self)).toBeNull()
  expect(newcomer.attestations()).toEqual([])
})

test('whoever is let in believes an admin it never heard of, so that an owner who is away stops nobody', async () => {
  const { owner, newcomer } = await aSwarm()
  const anna = aKeeper(create, ANNA)
  anna.meets(owner)
  newcomer.add([await anna.says(add(CARL))])

  const later = newcomer.hears(await anna.attests(), NOON)
  newcomer.hears(await anna.attests(), NOON, true)

  expect(later).toBe(false)
  expect(newcomer.view().member(CARL.self)).not.toBeNull()
  expect(newcomer.view().mayAdmit(ANNA.self)).toBe(true)
})

test('what we said ourselves counts at once, and the creation does', async () => {
  const owner = aKeeper(create, OWNER)

  await owner.says(add(BEN))

  expect(owner.log.view().member(BEN.self)).not.toBeNull()
  expect(restoreLog(owner.log.stored(), OWNER.self)!.view().member(BEN.self)).not.toBeNull()
  expect(restoreLog(owner.log.stored())!.view().member(BEN.self)).toBeNull()
})

test('a role is what was confirmed of it', async () => {
  const { owner, newcomer } = await aSwarm()
  newcomer.hears(await owner.attests(), NOON)
  newcomer.add([await owner.says(add(BEN, 'admin', { name: 'Ben' }))])
  const before = newcomer.view().member(BEN.self)

  newcomer.hears(await owner.attests(), NOON)

  expect(before).toMatchObject({ role: 'member', name: null })
  expect(newcomer.view().member(BEN.self)).toMatchObject({ role: 'admin', name: 'Ben' })
})

test('the newest word of each admin is passed on, and kept', async () => {
  const { owner, newcomer } = await aSwarm()
  const anna = aKeeper(create, ANNA)
  anna.meets(owner)
  const words = [
    await owner.attests(NOON),
    await owner.attests(NOON + 2),
    await owner.attests(NOON + 1),
  ]
  const hers = await anna.attests(NOON)

  for (const word of [...words, hers]) newcomer.hears(word, NOON)

  expect(new Set(newcomer.attestations())).toEqual(new Set([words[1], hers]))
  expect(new Set(restoreLog(newcomer.stored())!.attestations())).toEqual(new Set([words[1], hers]))
})

test('nobody signs a word that says nothing', async () => {
  await expect(writeAttestation(ANNA, { ...said, heads: [] as EntryHash[] })).rejects.toThrow()
})
