import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import {
  openLog,
  restoreLog,
  type MembershipLog,
} from '../../../../src/engine/membership/membership-log.ts'
import type { EntryHash, LogChange, LogEntry } from '../../../../src/engine/membership/log-entry.ts'
import { writeAttestation } from '../../../../src/engine/membership/attestation.ts'
import type { PeerId } from '../../../../src/engine/model/ids.ts'
import {
  aCreation,
  add,
  anEntry,
  ANNA,
  BEN,
  CARL,
  DORA,
  EVE,
  NOON,
  OWNER,
  remove,
  revoke,
  rotate,
  seen,
} from '../../../support/members.ts'

// Thousands of signatures.
vi.setConfig({ testTimeout: 60_000 })

const PEOPLE = [OWNER, ANNA, BEN, CARL, DORA, EVE] as const
const INVITES = ['01'.repeat(32), '02'.repeat(32)] as const
const create = await aCreation()
const anna = await anEntry(OWNER, create, [create], add(ANNA, 'admin'))
const ben = await anEntry(OWNER, create, [anna], add(BEN, 'admin', { person: CARL.self }))

/** Somebody says something, on top of any entries there were before: honest or not. */
interface Step {
  readonly author: number
  readonly parents: readonly number[]
  readonly what: LogChange
}

const person = fc.oneof(fc.constantFrom(ANNA, BEN), fc.constantFrom(...PEOPLE))
const what: fc.Arbitrary<LogChange> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .record({
        who: person,
        role: fc.constantFrom('admin' as const, 'admin' as const, 'member' as const),
        invite: fc.option(fc.constantFrom(...INVITES)),
        of: fc.option(person, { freq: 4 }),
      })
      .map(({ who, role, invite, of }) =>
        add(who, role, {
          ...(invite !== null && { invite }),
          ...(of !== null && of !== who && { person: of.self }),
        }),
      ),
  },
  { weight: 3, arbitrary: person.map(remove) },
  { weight: 1, arbitrary: fc.constantFrom(...INVITES).map(revoke) },
  { weight: 1, arbitrary: fc.nat(9).map(rotate) },
)
/** Who is 0 to 5; the owner and the first people speak most. */
const author = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 2 }), fc.nat(5))
/** How far back the parents are. */
const parents = fc.array(fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 30 })), {
  minLength: 1,
  maxLength: 3,
})
const story: fc.Arbitrary<readonly Step[]> = fc.array(fc.record({ author, parents, what }), {
  maxLength: 30,
  size: 'max',
})

async function told(steps: readonly Step[]): Promise<readonly LogEntry[]> {
  const entries = [create, anna, ben]
  for (const [at, step] of steps.entries()) {
    const built = new Set(step.parents.map((back) => entries[Math.max(0, entries.length - back)]!))
    entries.push(await anEntry(PEOPLE[step.author]!, create, [...built], step.what, NOON + 1 + at))
  }
  return entries
}

const replicaOf = (entries: readonly LogEntry[], batch = entries.length): MembershipLog => {
  const log = openLog(create)!
  for (let at = 0; at < entries.length; at += batch) log.add(entries.slice(at, at + batch))
  return log
}

/** The owner's word for everything there is, so that what is confirmed is not what differs. */
async function confirmed(log: MembershipLog): Promise<MembershipLog> {
  const said = { swarm: log.swarm, heads: log.heads(), at: NOON }
  log.hears(await writeAttestation(OWNER, said), NOON)
  return log
}

test('replicas that heard the same say the same, in whatever order and however often', () =>
  fc.assert(
    fc.asyncProperty(
      story,
      fc.array(fc.nat(1_000_000), { minLength: 66, maxLength: 66 }),
      fc.integer({ min: 1, max: 8 }),
      async (steps, keys, batch) => {
        const entries = await told(steps)
        const twice = [...entries, ...entries]
          .map((entry, at) => ({ entry, key: keys[at]! }))
          .toSorted((one, other) => one.key - other.key)
          .map(({ entry }) => entry)

        const inOrder = await confirmed(replicaOf(entries))
        const shuffled = await confirmed(replicaOf(twice, batch))

        expect(seen(shuffled, PEOPLE, INVITES)).toEqual(seen(inOrder, PEOPLE, INVITES))
        expect(new Set(shuffled.entries())).toEqual(new Set(inOrder.entries()))
      },
    ),
    { numRuns: 60 },
  ))

test('what a log says is what its rules say, word for word', () =>
  fc.assert(
    fc.asyncProperty(story, async (steps) => {
      const entries = await told(steps)

      const log = await confirmed(replicaOf(entries))

      const view = log.view()
      const rules = byTheRules(entries)
      expect(view.members().map(({ peer, role }) => [peer, role])).toEqual(
        expect.arrayContaining(rules.members),
      )
      expect(view.members()).toHaveLength(rules.members.length)
      expect(view.epoch).toBe(rules.epoch)
      expect(view.rotationDue).toBe(rules.rotationDue)
      for (const invite of INVITES) {
        expect(view.revokedInvite(invite)).toBe(rules.revoked.has(invite))
        expect(view.usedBy(invite)).toEqual(rules.usedBy(invite))
      }
    }),
    { numRuns: 80 },
  ))

test('nobody is an admin but by the owner’s own word', () =>
  fc.assert(
    fc.asyncProperty(story, async (steps) => {
      const entries = await told(steps)
      const made = entries
        .filter((entry) => entry.author === OWNER.self)
        .flatMap(({ what }) => (what.type === 'add' && what.role === 'admin' ? [what.peer] : []))

      const log = await confirmed(replicaOf(entries))

      for (const { peer, role } of log.view().members()) {
        if (role === 'admin') expect(made).toContain(peer)
        if (role === 'owner') expect(peer).toBe(OWNER.self)
      }
    }),
    { numRuns: 40 },
  ))

test('whatever a removed admin says without knowing of its removal changes nothing', () =>
  fc.assert(
    fc.asyncProperty(
      story,
      fc.array(fc.record({ author: fc.constant(1), parents, what }), { maxLength: 15 }),
      async (before, after) => {
        const entries = await told(before)
        const log = replicaOf(entries)
        const { parents: newest } = log.next(remove(ANNA), NOON)
        const removal = await anEntry(OWNER, create, newest, remove(ANNA))
        log.add([removal])
        await confirmed(log)
        const without = seen(log, PEOPLE, INVITES)

        const later = (await told([...before, ...after])).slice(entries.length)
        const added = log.add(later)

        expect(added).toEqual([])
        expect(seen(log, PEOPLE, INVITES)).toEqual(without)
      },
    ),
    { numRuns: 50 },
  ))

test('two that tell each other what the other lacks, until there is no news, have the same', () =>
  fc.assert(
    fc.asyncProperty(
      story,
      fc.array(fc.boolean(), { minLength: 33, maxLength: 33 }),
      async (steps, mine) => {
        const entries = await told(steps)
        const one = replicaOf(entries.filter((_, at) => mine[at]))
        const other = replicaOf(entries.filter((_, at) => !mine[at]))

        for (let news = 1; news > 0;) {
          news = other.add(one.lackedBy(other.summary())).length
          news += one.add(other.lackedBy(one.summary())).length
        }

        expect(seen(one, PEOPLE, INVITES)).toEqual(seen(other, PEOPLE, INVITES))
        expect(one.lackedBy(other.heads())).toEqual([])
        expect(other.lackedBy(one.heads())).toEqual([])
      },
    ),
    { numRuns: 40 },
  ))

test('a log that was put away and taken out again says the same', () =>
  fc.assert(
    fc.asyncProperty(story, async (steps) => {
      const log = await confirmed(replicaOf(await told(steps)))

      const restored = restoreLog(structuredClone(log.stored()))!

      expect(seen(restored, PEOPLE, INVITES)).toEqual(seen(log, PEOPLE, INVITES))
      expect(restored.attestations()).toEqual(log.attestations())
      expect(restored.entries()).toEqual(log.entries())
    }),
    { numRuns: 20 },
  ))

/** The rules as they are written down, as plainly as they can be said, however slow. */
function byTheRules(all: readonly LogEntry[]) {
  const byHash = new Map(all.map((entry) => [entry.hash, entry]))
  const pasts = new Map<EntryHash, ReadonlySet<LogEntry>>()
  const past = (entry: LogEntry): ReadonlySet<LogEntry> => {
    const known = pasts.get(entry.hash)
    if (known !== undefined) return known
    const found = new Set<LogEntry>()
    for (const hash of entry.parents) {
      const parent = byHash.get(hash)!
      found.add(parent)
      for (const earlier of past(parent)) found.add(earlier)
    }
    pasts.set(entry.hash, found)
    return found
  }

  const standing: LogEntry[] = []
  const byOwner = ({ author }: LogEntry) => author === OWNER.self
  const grants = (author: PeerId) =>
    standing.filter(
      (entry) =>
        byOwner(entry) &&
        entry.what.type === 'add' &&
        entry.what.role === 'admin' &&
        entry.what.peer === author,
    )
  const names = (add: LogEntry): readonly (PeerId | null)[] =>
    add.what.type === 'add' ? [add.what.peer, add.what.person] : []
  const endings = (grant: LogEntry) =>
    standing.filter(
      (entry) =>
        byOwner(entry) &&
        entry.what.type === 'remove' &&
        names(grant).includes(entry.what.peer) &&
        !past(grant).has(entry),
    )

  for (const entry of all) {
    const { author, what, parents: on } = entry
    if (!on.every((hash) => standing.some((other) => other.hash === hash)) && on.length > 0)
      continue
    if ((what.type === 'add' || what.type === 'remove') && what.peer === OWNER.self) continue
    if (!byOwner(entry)) {
      if (what.type === 'add' && what.role === 'admin') continue
      const may = grants(author).some(
        (grant) =>
          past(entry).has(grant) && !endings(grant).some((ending) => past(entry).has(ending)),
      )
      if (!may) continue
    }
    standing.push(entry)
  }

  const valid = standing.filter(
    (entry) =>
      byOwner(entry) ||
      grants(entry.author).some(
        (grant) =>
          past(entry).has(grant) && endings(grant).every((ending) => past(ending).has(entry)),
      ),
  )
  const removals = valid.filter(({ what }) => what.type === 'remove')
  const alive = valid.filter(
    (entry) =>
      entry.what.type === 'add' &&
      !removals.some(
        (removal) =>
          removal.what.type === 'remove' &&
          names(entry).includes(removal.what.peer) &&
          !past(entry).has(removal) &&
          (byOwner(removal) || (entry.what.type === 'add' && entry.what.role === 'member')),
      ),
  )
  const roleOf = (peer: PeerId) =>
    alive.some(({ what }) => what.type === 'add' && what.peer === peer && what.role === 'admin')
      ? 'admin'
      : 'member'
  const peers = new Set(alive.flatMap(({ what }) => (what.type === 'add' ? [what.peer] : [])))

  const covered = (epoch: LogEntry) => removals.filter((removal) => past(epoch).has(removal)).length
  const [epoch] = valid
    .filter(({ what }) => what.type === 'create' || what.type === 'rotate')
    .toSorted(
      (one, other) =>
        covered(other) - covered(one) ||
        past(other).size - past(one).size ||
        (one.hash < other.hash ? 1 : -1),
    )

  return {
    members: [[OWNER.self, 'owner'], ...[...peers].map((peer) => [peer, roleOf(peer)])],
    epoch: epoch!.hash,
    rotationDue: covered(epoch!) < removals.length,
    revoked: new Set(valid.flatMap(({ what }) => (what.type === 'revoke' ? [what.invite] : []))),
    usedBy: (invite: string) =>
      [
        ...new Set(
          valid.flatMap(({ what }) =>
            what.type === 'add' && what.invite === invite ? [what.peer] : [],
          ),
        ),
      ].toSorted(),
  }
}
