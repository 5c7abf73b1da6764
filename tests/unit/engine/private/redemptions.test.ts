import { expect, test } from 'vitest'
import type { PeerId } from '../../../../src/engine/model/ids.ts'
import { privateNetwork, type NetworkPerson } from '../../../support/private-network.ts'

const MANY = 1000
/** What one may answer at once, to be asked by so many more. */
const AT_ONCE = 50

/** A swarm with its owner and an admin, who have one counter between them. */
async function twoAdmins() {
  const network = privateNetwork()
  const owner = await network.person(0)
  await owner.begins()
  const admin = await network.person(1)
  await admin.opens(await owner.invites())
  await admin.calls(owner)
  await owner.allows(admin.self, { role: 'admin' })
  await admin.calls(owner)
  return { network, owner, admin }
}

/** Each knocks until it is told something that lasts; who is in then. */
async function knock(
  guests: readonly NetworkPerson[],
  doors: readonly NetworkPerson[],
): Promise<readonly PeerId[]> {
  const standing = (guest: NetworkPerson) => guest.door().standing().name
  const waiting = [...guests.entries()]
  const inTurn = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [nth, guest] = next
      while (standing(guest) === 'joining') {
        await guest.calls(doors[nth % doors.length]!).catch(() => false)
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, inTurn))
  return guests.filter((guest) => standing(guest) === 'inside').map(({ self }) => self)
}

test.each([
  ['one admin', 1],
  ['two admins with one counter', 2],
])(
  `of ${MANY} who redeem one invite for one at %s, one becomes a member`,
  async (_, count) => {
    const { network, owner, admin } = await twoAdmins()
    const doors = [owner, admin].slice(0, count)
    const invite = await owner.invites({ counter: 'relay' })
    const guests = await Promise.all(
      Array.from({ length: MANY }, (_, number) => network.person(100 + number)),
    )
    for (const guest of guests) await guest.opens(invite)

    const inside = await knock(guests, doors)

    expect(inside).toHaveLength(1)
    const admitted = doors.flatMap((door) => guests.filter((guest) => door.admits(guest)))
    expect(new Set(admitted.map(({ self }) => self))).toEqual(new Set(inside))
  },
  120_000,
)
