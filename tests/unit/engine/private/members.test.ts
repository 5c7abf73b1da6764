import { expect, test, vi } from 'vitest'
import { HOUR } from '../../../../src/engine/model/units.ts'
import { privateNetwork, type NetworkPerson } from '../../../support/private-network.ts'

const OWNER = 0
const ANNA = 1
const BEN = 2
const EVE = 5

/** A swarm with its owner and these people, all let in by invites of the owner. */
async function aSwarm(...numbers: readonly number[]) {
  const network = privateNetwork()
  const owner = await network.person(OWNER)
  await owner.begins()
  const members: NetworkPerson[] = []
  for (const number of numbers) {
    const member = await network.person(number)
    await joins(member, owner)
    members.push(member)
  }
  return { network, owner, members }
}

async function joins(guest: NetworkPerson, by: NetworkPerson, options = {}) {
  await guest.opens(await by.invites(options))
  return guest.calls(by)
}

const untilSettled = (person: NetworkPerson) =>
  vi.waitFor(() => expect(person.door().standing()).toMatchObject({ settling: false }))

test('whoever has an invite becomes a member, and both have one log and one secret', async () => {
  const { network, owner } = await aSwarm()
  const anna = await network.person(ANNA)

  const met = await joins(anna, owner)

  expect(met).toBe(true)
  expect([owner.admits(anna), anna.admits(owner)]).toEqual([true, true])
  expect(anna.door().state.log?.heads()).toEqual(owner.door().state.log?.heads())
  expect(anna.door().state.secret()).toEqual(owner.door().state.secret())
})

test.each(['relay', 'issuer'] as const)(
  'an invite for one that the %s counts lets in one and tells the next that it was used',
  async (counter) => {
    const { network, owner } = await aSwarm()
    const anna = await network.person(ANNA)
    const ben = await network.person(BEN)
    const invite = await owner.invites({ counter })
    await anna.opens(invite)
    await ben.opens(invite)
    await anna.calls(owner)

    const met = await ben.calls(owner)

    expect(met).toBe(false)
    expect(owner.admits(ben)).toBe(false)
    expect(ben.door().standing()).toEqual({ name: 'outside', why: 'used' })
  },
)

test('two members who never met admit each other while the owner is away, for a day', async () => {
  const { network, owner, members } = await aSwarm(ANNA, BEN)
  const [anna, ben] = members as [NetworkPerson, NetworkPerson]
  owner.online = false
  network.now += 23 * HOUR

  const met = await anna.calls(ben)

  expect(met).toBe(true)
  expect([anna.admits(ben), ben.admits(anna)]).toEqual([true, true])
})

test('nobody new is admitted on word that is older than a day', async () => {
  const { network, owner } = await aSwarm()
  const anna = await network.person(ANNA)
  await joins(anna, owner)
  anna.online = false // and so never hears of the next one
  const ben = await network.person(BEN)
  await joins(ben, owner)
  owner.online = false
  anna.online = true
  network.now += 25 * HOUR

  const met = await anna.calls(ben)

  expect(met).toBe(false)
  expect(anna.admits(ben)).toBe(false)
})

test('whoever was removed is refused by who removed it and by those who were told', async () => {
  const { owner, members } = await aSwarm(ANNA, EVE)
  const [anna, eve] = members as [NetworkPerson, NetworkPerson]
  await anna.calls(eve)
  const before = owner.door().key()

  await owner.revokes(eve.self)

  await vi.waitFor(() => expect(anna.admits(eve)).toBe(false))
  expect(owner.admits(eve)).toBe(false)
  expect(await eve.calls(owner)).toBe(false)
  expect(await eve.calls(anna)).toBe(false)
  expect(owner.door().key()).not.toEqual(before)
  expect(anna.door().key()).toEqual(owner.door().key())
  expect(eve.door().key()).not.toEqual(owner.door().key())
})

test.each([
  ['the owner is there', true, false],
  ['the owner is away and another member is there', false, true],
])('a member that was away during a removal refuses once it is back: %s', async (_, ...there) => {
  const [ownerThere, memberThere] = there
  const { owner, members } = await aSwarm(ANNA, BEN, EVE)
  const [anna, ben, eve] = members as [NetworkPerson, NetworkPerson, NetworkPerson]
  for (const other of [ben, eve]) await anna.calls(other)
  anna.online = false
  await owner.revokes(eve.self)
  await vi.waitFor(() => expect(ben.admits(eve)).toBe(false))
  owner.online = ownerThere === true
  ben.online = memberThere === true

  anna.online = true
  await anna.restarts()
  const admittedAtOnce = anna.admits(eve)
  await untilSettled(anna)

  expect(admittedAtOnce).toBe(false)
  expect(anna.admits(eve)).toBe(false)
  expect(await eve.calls(anna)).toBe(false)
})

test('whoever was removed comes back only by an invite that means them and is younger', async () => {
  const { network, owner, members } = await aSwarm(EVE)
  const [eve] = members as [NetworkPerson]
  const admin = await network.person(ANNA)
  await joins(admin, owner)
  await owner.allows(admin.self, { role: 'admin' })
  await vi.waitFor(() => expect(admin.door().standing()).toMatchObject({ role: 'admin' }))
  network.now += HOUR
  const older = await admin.invites({ boundTo: eve.self })
  network.now += HOUR
  await owner.revokes(eve.self)
  network.now += HOUR
  await vi.waitFor(() => expect(admin.admits(eve)).toBe(false))

  await eve.opens(older)
  eve.door().knock(older.token, older.seed)
  const byTheOlder = await eve.calls(admin)
  const younger = await admin.invites({ boundTo: eve.self })
  eve.door().knock(younger.token, younger.seed)
  const byTheYounger = await eve.calls(admin)

  expect(byTheOlder).toBe(false)
  expect(byTheYounger).toBe(true)
})

test('a member that is back does not take the word of an admin who was removed for all there is', async () => {
  const { network, owner, members } = await aSwarm(ANNA, BEN, EVE)
  const [anna, ben, eve] = members as [NetworkPerson, NetworkPerson, NetworkPerson]
  await owner.allows(eve.self, { role: 'admin' })
  for (const person of [anna, ben, eve]) {
    await vi.waitFor(() => expect(person.door().state.view()?.member(eve.self)?.role).toBe('admin'))
  }
  anna.online = false
  network.now += HOUR
  await owner.revokes(eve.self)
  await vi.waitFor(() => expect(ben.admits(eve)).toBe(false))
  owner.online = false
  const { promise, resolve } = Promise.withResolvers<void>()
  ben.patience = promise
  const before = eve.answered

  anna.online = true
  await anna.restarts()
  await vi.waitFor(() => expect(eve.answered).toBeGreaterThan(before))
  const admittedOnHerWord = anna.admits(eve)
  resolve()
  await untilSettled(anna)

  expect(admittedOnHerWord).toBe(false)
  expect(anna.admits(eve)).toBe(false)
})

test('the first thing an owner does after a start reaches the others', async () => {
  const { owner, members } = await aSwarm(ANNA, EVE)
  const [anna, eve] = members as [NetworkPerson, NetworkPerson]
  await anna.calls(eve)
  await owner.restarts()

  await owner.revokes(eve.self)

  await vi.waitFor(() => expect(anna.admits(eve)).toBe(false))
})

test('an admin that was away admits nobody by its own word whom it did not let in', async () => {
  const { network, owner, members } = await aSwarm(ANNA)
  const [anna] = members as [NetworkPerson]
  await owner.allows(anna.self, { role: 'admin' })
  await vi.waitFor(() => expect(anna.door().standing()).toMatchObject({ role: 'admin' }))
  anna.online = false
  const eve = await network.person(EVE)
  await joins(eve, owner)
  eve.online = false
  await owner.revokes(eve.self)
  owner.online = false
  network.now += 25 * HOUR

  anna.online = true
  eve.online = true
  await anna.restarts()
  await untilSettled(anna)
  const met = await eve.calls(anna)
  const ben = await network.person(BEN)
  const benMet = await joins(ben, anna)

  expect(met).toBe(false)
  expect(anna.admits(eve)).toBe(false)
  expect(benMet).toBe(true)
  expect([ben.admits(anna), ben.admits(eve)]).toEqual([true, false])
})

test('an admin who was removed does not confirm itself to those who never knew it', async () => {
  const { network, owner, members } = await aSwarm(ANNA)
  const [anna] = members as [NetworkPerson]
  anna.online = false
  const eve = await network.person(EVE)
  await joins(eve, owner)
  await owner.allows(eve.self, { role: 'admin' })
  await vi.waitFor(() => expect(eve.door().standing()).toMatchObject({ role: 'admin' }))
  eve.online = false
  await owner.revokes(eve.self)
  owner.online = false
  network.now += 25 * HOUR

  anna.online = true
  eve.online = true
  const met = await eve.calls(anna)

  expect(met).toBe(false)
  expect(anna.admits(eve)).toBe(false)
})

test('an admin lets somebody in days after the owner was last there', async () => {
  const { network, owner, members } = await aSwarm(ANNA)
  const [anna] = members as [NetworkPerson]
  await owner.allows(anna.self, { role: 'admin' })
  await vi.waitFor(() => expect(anna.door().standing()).toMatchObject({ role: 'admin' }))
  owner.online = false
  network.now += 72 * HOUR

  const ben = await network.person(BEN)
  const met = await joins(ben, anna)

  expect(met).toBe(true)
  expect([anna.admits(ben), ben.admits(anna)]).toEqual([true, true])
})
