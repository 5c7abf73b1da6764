import { expect, test, vi } from 'vitest'
import { MAX_HEADS } from '../../../../src/engine/membership/attestation.ts'
import {
  MAX_PARENTS,
  readEntry,
  type LogEntry,
} from '../../../../src/engine/membership/log-entry.ts'
import {
  MAX_ENTRIES,
  openLog,
  restoreLog,
} from '../../../../src/engine/membership/membership-log.ts'
import { commitmentOf } from '../../../../src/engine/membership/swarm-secrets.ts'
import {
  aCreation,
  add,
  aKeeper,
  anEntry,
  ANNA,
  BEN,
  CARL,
  DORA,
  EVE,
  INFO_HASH,
  NOON,
  OWNER,
  peersIn,
  remove,
  revoke,
  rotate,
  secretOf,
  seen,
  type Keeper,
} from '../../../support/members.ts'

// Thousands of signatures.
vi.setConfig({ testTimeout: 60_000 })

const INVITE = 'cd'.repeat(32)
const create = await aCreation()

const roleOf = (keeper: Keeper, peer: typeof OWNER) => keeper.log.view().member(peer.self)?.role

/** The owner, and Anna and Ben whom it made admins, each with all of it. */
async function threeAdmins(): Promise<[Keeper, Keeper, Keeper]> {
  const [owner, anna, ben] = [OWNER, ANNA, BEN].map((who) => aKeeper(create, who)) as [
    Keeper,
    Keeper,
    Keeper,
  ]
  await owner.says(add(ANNA, 'admin', { name: 'Anna' }))
  await owner.says(add(BEN, 'admin'))
  for (const admin of [anna, ben]) {
    admin.meets(owner)
    admin.log.hears(await owner.attests(), NOON)
  }
  return [owner, anna, ben]
}

/** All tell all what they have, and hear the owner's word that this is all. */
async function meet(...keepers: readonly Keeper[]): Promise<void> {
  const owner = aKeeper(create, OWNER)
  for (const keeper of keepers) owner.meets(keeper)
  for (const keeper of keepers) keeper.meets(owner)
  const word = await owner.attests()
  for (const keeper of keepers) keeper.log.hears(word, NOON)
}

test('a log begins with its owner, its info hash and the commitment to its first secret', async () => {
  const log = openLog((await readEntry(create.bytes))!)!

  const view = log.view()
  expect(view.members()).toEqual([
    { peer: OWNER.self, role: 'owner', name: null, person: null, addedAt: NOON },
  ])
  expect(log).toMatchObject({ swarm: create.hash, owner: OWNER.self, infoHash: INFO_HASH })
  expect(view.epoch).toBe(create.hash)
  expect(view.commitment(create.hash)).toEqual(commitmentOf(secretOf(0)))
  expect(view.rotationDue).toBe(false)
})

test('only a creation begins a log', async () => {
  const entry = await anEntry(OWNER, create, [create], add(ANNA))

  expect(openLog(entry)).toBeNull()
  expect(restoreLog({ entries: [entry.bytes], attestations: [], confirmed: [] })).toBeNull()
  expect(restoreLog({ entries: [], attestations: [], confirmed: [] })).toBeNull()
})

test('an admin lets members in, under a name', async () => {
  const [owner, anna] = await threeAdmins()

  await anna.says(add(CARL, 'member', { name: 'Carl' }), NOON + 5)
  await meet(owner, anna)

  expect(owner.log.view().member(CARL.self)).toEqual({
    peer: CARL.self,
    role: 'member',
    name: 'Carl',
    person: null,
    addedAt: NOON + 5,
  })
})

test('a member lets nobody in and sends nobody away', async () => {
  const [owner] = await threeAdmins()
  const added = await owner.says(add(CARL))
  await owner.says(add(DORA))

  const placed = owner.log.add([
    await anEntry(CARL, create, [added], add(EVE)),
    await anEntry(CARL, create, [added], remove(DORA)),
    await anEntry(CARL, create, [added], rotate(9)),
    await anEntry(CARL, create, [added], revoke(INVITE)),
  ])

  expect(placed).toEqual([])
  expect(roleOf(owner, DORA)).toBe('member')
  expect(roleOf(owner, EVE)).toBeUndefined()
  expect(owner.log.view().revokedInvite(INVITE)).toBe(false)
})

test('an admin makes no admins, and does not touch the owner or other admins', async () => {
  const [owner, anna] = await threeAdmins()
  const heads = owner.log.heads()

  owner.log.add([
    await anEntry(ANNA, create, heads, add(EVE, 'admin')),
    await anEntry(ANNA, create, heads, add(ANNA, 'admin')),
    await anEntry(ANNA, create, heads, remove(OWNER)),
    await anEntry(ANNA, create, heads, add(OWNER)),
    await anEntry(ANNA, create, heads, remove(BEN)),
  ])
  await meet(owner, anna)

  expect(roleOf(owner, OWNER)).toBe('owner')
  expect(roleOf(owner, BEN)).toBe('admin')
  expect(roleOf(owner, EVE)).toBeUndefined()
})

test('an admin whom another admin would remove goes on as before', async () => {
  const [owner, anna, ben] = await threeAdmins()
  const heads = anna.log.heads()

  await ben.says(add(CARL))
  await meet(owner, ben)
  owner.log.add([await anEntry(ANNA, create, heads, remove(BEN))])
  await meet(owner, ben)

  expect(roleOf(owner, CARL)).toBe('member')
  expect(owner.log.view().mayAttest(BEN.self)).toBe(true)
})

test('an admin that is a device is none without its person', async () => {
  const owner = aKeeper(create, OWNER)
  const device = await owner.says(add(ANNA, 'admin', { person: CARL.self }))
  await owner.says(remove(CARL))

  const placed = owner.log.add([await anEntry(ANNA, create, [device], add(EVE))])

  expect(placed).toEqual([])
  expect(roleOf(owner, ANNA)).toBeUndefined()
})

test('a removal wins over an add that did not know of it, and a later add brings back', async () => {
  const [owner, anna, ben] = await threeAdmins()
  await owner.says(add(CARL))
  await meet(owner, anna, ben)

  await anna.says(remove(CARL))
  await ben.says(add(CARL))
  await meet(owner, anna, ben)
  const concurrent = [roleOf(owner, CARL), owner.log.view().removed(CARL.self)]
  await ben.says(add(CARL))
  await meet(owner, anna, ben)

  expect(concurrent).toEqual([undefined, true])
  expect(roleOf(anna, CARL)).toBe('member')
  expect(anna.log.view().removed(CARL.self)).toBe(false)
})

test('with a person go its devices, and they do not come back with it', async () => {
  const [owner] = await threeAdmins()
  await owner.says(add(CARL))
  await owner.says(add(DORA, 'member', { person: CARL.self }))
  await owner.says(add(EVE))

  await owner.says(remove(CARL))
  await owner.says(add(CARL))

  expect(owner.log.view().member(CARL.self)).not.toBeNull()
  expect(owner.log.view().member(DORA.self)).toBeNull()
  expect(owner.log.view().removed(DORA.self)).toBe(true)
  expect(owner.log.view().member(EVE.self)).not.toBeNull()
})

test('an admin that was removed lets nobody in with what it held back', async () => {
  const [owner, anna, ben] = await threeAdmins()
  const old = anna.log.heads()
  await owner.says(remove(ANNA))
  await meet(owner, ben)

  const late = [
    await anEntry(ANNA, create, old, add(EVE)),
    await anEntry(ANNA, create, old, remove(BEN)),
    await anEntry(ANNA, create, old, rotate(9)),
    await anEntry(ANNA, create, owner.log.heads(), add(EVE)),
  ]
  const placed = [...owner.log.add(late), ...ben.log.add(late)]

  expect(placed).toEqual([])
  for (const keeper of [owner, ben]) {
    expect(roleOf(keeper, EVE)).toBeUndefined()
    expect(roleOf(keeper, ANNA)).toBeUndefined()
    expect(keeper.log.view().epoch).toBe(create.hash)
  }
})

test('what was held back is void also where it was heard before the removal', async () => {
  const [owner, anna, ben] = await threeAdmins()
  const removal = await anEntry(OWNER, create, owner.log.heads(), remove(ANNA))
  await anna.says(add(EVE))
  await meet(ben, anna)
  const before = roleOf(ben, EVE)

  ben.log.add([removal])

  expect(before).toBe('member')
  expect(roleOf(ben, EVE)).toBeUndefined()
  expect(ben.log.entries().map(({ what }) => what)).not.toContainEqual(add(EVE))
})

test('whom an admin let in before it was removed stays, and an admin that is made again may again', async () => {
  const [owner, anna] = await threeAdmins()
  await anna.says(add(CARL))
  await meet(owner, anna)

  await owner.says(remove(ANNA))
  await owner.says(add(ANNA, 'admin'))
  await meet(owner, anna)
  await anna.says(add(DORA))
  await meet(owner, anna)

  expect(roleOf(owner, CARL)).toBe('member')
  expect(roleOf(owner, DORA)).toBe('member')
})

test('what honest people built on a void entry stands without it', async () => {
  const [owner, anna, ben] = await threeAdmins()
  const removal = await anEntry(OWNER, create, owner.log.heads(), remove(ANNA))
  await anna.says(add(EVE))
  ben.meets(anna)
  await ben.says(add(CARL))
  ben.log.add([removal])

  owner.log.add([removal])
  await meet(owner, ben)

  expect(roleOf(owner, CARL)).toBe('member')
  expect(roleOf(owner, EVE)).toBeUndefined()
})

test('a void entry hides nothing that it was built on', async () => {
  const [owner, anna, ben] = await threeAdmins()
  const removal = await anEntry(OWNER, create, owner.log.heads(), remove(ANNA))
  const honest = await ben.says(add(CARL))
  anna.meets(ben)
  await anna.says(add(EVE))
  owner.meets(anna)
  owner.log.add([removal])

  const next = owner.log.next(remove(BEN), NOON)

  expect(next.parents.toSorted()).toEqual([honest.hash, removal.hash].toSorted())
})

test('nothing stands on what its author had no right to say', async () => {
  const [owner] = await threeAdmins()
  const removal = await owner.says(remove(ANNA))
  const wrong = [
    await anEntry(ANNA, create, [removal], add(EVE)),
    await anEntry(BEN, create, [removal], add(EVE, 'admin')),
    await anEntry(DORA, create, [removal], remove(CARL)),
  ]

  const above = await Promise.all(wrong.map((entry) => anEntry(OWNER, create, [entry], add(CARL))))
  const placed = owner.log.add([...wrong, ...above])

  expect(placed).toEqual([])
  expect(roleOf(owner, CARL)).toBeUndefined()
})

test('entries of another swarm are none of this one', async () => {
  const other = await aCreation(OWNER, NOON + 1)
  const log = openLog(create)!

  const placed = log.add([other, await anEntry(OWNER, other, [create], add(ANNA))])

  expect(placed).toEqual([])
  expect(log.entries()).toEqual([create])
})

test('an entry waits for those it builds on, and counts when they are there', async () => {
  const [owner, anna] = await threeAdmins()
  const said = [await anna.says(add(CARL)), await anna.says(add(DORA)), await anna.says(add(EVE))]

  const placed = said.toReversed().map((entry) => owner.log.add([entry, entry]).length)

  expect(placed).toEqual([0, 0, 3])
  expect(owner.log.heads()).toEqual(anna.log.heads())
  expect(owner.log.add(said)).toEqual([])
})

test('what builds on entries that nobody has changes nothing', async () => {
  const log = openLog(create)!
  const before = seen(log, [OWNER, ANNA], [])

  const nowhere = 'ee'.repeat(32) as LogEntry['hash'] // 64 hex digits
  const placed = log.add([await anEntry(OWNER, create, [create, nowhere], add(ANNA))])

  expect(placed).toEqual([])
  expect(seen(log, [OWNER, ANNA], [])).toEqual(before)
})

test('fewer entries than there were take nothing back', async () => {
  const [owner, anna] = await threeAdmins()
  await owner.says(add(CARL))
  await owner.says(remove(CARL))
  const old = anna.log.entries()

  owner.log.add(old)

  expect(owner.log.view().removed(CARL.self)).toBe(true)
})

test('an invite that was revoked stays so, and its uses are remembered', async () => {
  const [owner, anna] = await threeAdmins()
  await anna.says(add(CARL, 'member', { invite: INVITE }))
  await anna.says(add(DORA, 'member', { invite: INVITE }))
  await anna.says(remove(CARL))
  await anna.says(revoke(INVITE))
  await meet(owner, anna)

  const view = owner.log.view()

  expect(view.usedBy(INVITE)).toEqual([CARL.self, DORA.self].toSorted())
  expect(view.revokedInvite(INVITE)).toBe(true)
  expect(view.usedBy('00'.repeat(32))).toEqual([])
})

test('a removal calls for another secret until a rotation knows of it', async () => {
  const [owner] = await threeAdmins()
  const due = () => owner.log.view().rotationDue

  await owner.says(add(CARL))
  const before = due()
  await owner.says(remove(CARL))
  const after = due()
  const rotation = await owner.says(rotate(1))

  expect([before, after, due()]).toEqual([false, true, false])
  expect(owner.log.view().epoch).toBe(rotation.hash)
  expect(owner.log.view().commitment(rotation.hash)).toEqual(commitmentOf(secretOf(1)))
  expect(owner.log.view().commitment(create.hash)).toEqual(commitmentOf(secretOf(0)))
  expect(owner.log.view().commitment(owner.log.heads()[0]!)).not.toBeNull()
})

test('of two rotations at once all take the same, and another is due for the removal it missed', async () => {
  const [owner, anna, ben] = await threeAdmins()
  await owner.says(add(CARL))
  await owner.says(add(DORA))
  await meet(owner, anna, ben)

  await anna.says(remove(CARL))
  await anna.says(rotate(1))
  await ben.says(remove(DORA))
  await ben.says(rotate(2))
  await meet(owner, anna, ben)
  const due = [owner, anna, ben].map(({ log }) => log.view().rotationDue)
  const epochs = new Set([owner, anna, ben].map(({ log }) => log.view().epoch))
  const last = await ben.says(rotate(3))
  await meet(owner, anna, ben)

  expect(due).toEqual([true, true, true])
  expect(epochs.size).toBe(1)
  for (const { log } of [owner, anna, ben]) {
    expect(log.view()).toMatchObject({ epoch: last.hash, rotationDue: false })
  }
})

test('a rotation that knows of a removal wins over one that knows of more else', async () => {
  const [owner, anna, ben] = await threeAdmins()
  await anna.says(remove(DORA))
  const careful = await anna.says(rotate(1))
  for (let count = 0; count < 5; count++) await ben.says(revoke(INVITE))
  await ben.says(rotate(2))

  await meet(owner, anna, ben)

  expect(owner.log.view()).toMatchObject({ epoch: careful.hash, rotationDue: false })
})

test('an entry that is not a rotation is no epoch', async () => {
  const [owner] = await threeAdmins()
  const added = await owner.says(add(CARL))

  expect(owner.log.view().commitment(added.hash)).toBeNull()
})

test('a view stays as it was', async () => {
  const [owner] = await threeAdmins()
  await owner.says(add(CARL))

  const before = owner.log.view()
  await owner.says(remove(CARL))

  expect(before.member(CARL.self)).not.toBeNull()
  expect(before.rotationDue).toBe(false)
})

test('who is far behind is told little more than it lacks', async () => {
  const [owner, anna] = await threeAdmins()
  for (let count = 0; count < 40; count++) await owner.says(revoke(INVITE))
  anna.meets(owner)
  await anna.says(add(CARL))
  await anna.says(add(DORA))

  const lacked = owner.log.lackedBy(anna.log.summary())

  expect(owner.log.lackedBy(anna.log.heads()).length).toBe(owner.log.entries().length)
  expect(lacked.length).toBeLessThanOrEqual(4)
})

test('however many branches there are, a log says what it has in as many hashes as fit', async () => {
  const log = openLog(create)!
  const others = Array.from({ length: MAX_HEADS + 10 }, (_, at) => NOON + at)
  log.add(await Promise.all(others.map((at) => anEntry(OWNER, create, [create], rotate(1), at))))

  expect(log.heads()).toHaveLength(MAX_HEADS)
  expect(log.summary()).toHaveLength(MAX_HEADS)
  expect(log.next(rotate(2), NOON).parents).toHaveLength(MAX_PARENTS)
})

test('an admin that fills the log keeps nothing out that the owner says', async () => {
  const add1 = await anEntry(OWNER, create, [create], add(ANNA, 'admin'))
  const log = openLog(create)!
  log.add([add1])
  const noise: LogEntry[] = []
  for (let at = 0; at < MAX_ENTRIES + 50; at++) {
    noise.push(await anEntry(ANNA, create, [noise[at - 1] ?? add1], revoke(INVITE), NOON + at))
  }
  log.add(noise)
  const full = log.entries().length
  const known = noise[MAX_ENTRIES + 20]!

  const removal = await anEntry(OWNER, create, [known], remove(ANNA))
  const placed = log.add([removal])

  expect(full).toBe(MAX_ENTRIES)
  expect(placed).toContainEqual(removal)
  expect(log.view().removed(ANNA.self)).toBe(true)
})

test('what a removed admin filled the log with makes room for others', async () => {
  const made = await anEntry(OWNER, create, [create], add(ANNA, 'admin'))
  const second = await anEntry(OWNER, create, [made], add(BEN, 'admin'))
  const log = openLog(create)!
  log.add([made, second])
  const noise: LogEntry[] = []
  for (let at = 0; at < MAX_ENTRIES; at++) {
    noise.push(await anEntry(ANNA, create, [noise[at - 1] ?? second], revoke(INVITE), NOON + at))
  }
  log.add(noise)
  const removal = await anEntry(OWNER, create, [second], remove(ANNA))
  log.add([removal])

  const placed = log.add([await anEntry(BEN, create, [second, removal], add(CARL))])

  expect(placed).toHaveLength(1)
  expect(log.entries()).toHaveLength(5)
  expect(peersIn(log)).toEqual([OWNER.self])
  expect(log.view().awaitsConfirmation(CARL.self)).toBe(true)
})
