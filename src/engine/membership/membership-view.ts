import type { PeerId } from '../model/ids.ts'
import type { MemberRole } from '../model/private-swarm.ts'
import type { Timestamp } from '../model/units.ts'
import type { EntryGraph, Placed } from './entry-graph.ts'
import type { EntryHash, LogChange, LogEntry } from './log-entry.ts'

/** One who may take part. */
export interface Membership {
  readonly peer: PeerId
  readonly role: MemberRole
  /** As whoever added it calls it; foreign text. */
  readonly name: string | null
  /** Whose other device it is. */
  readonly person: PeerId | null
  /** By the clock of who added it. */
  readonly addedAt: Timestamp
}

/** Who may take part, as a log has it at one moment. */
export interface MembershipView {
  /** Null for everybody whose add nobody confirmed yet, or was taken back. */
  member(peer: PeerId): Membership | null
  /** The owner first, then as they came. */
  members(): readonly Membership[]
  /** Whether its word lets others in: the owner's and the admins'. */
  mayAdmit(peer: PeerId): boolean
  revokedInvite(tokenId: string): boolean
  /** All who were ever let in with this invite, also those who are gone or not yet confirmed. */
  usedBy(tokenId: string): readonly PeerId[]
  /** Removed, and not added again since. */
  removed(peer: PeerId): boolean
  /** When it was last removed, by the clock of who removed it; null for who never was. */
  removedAt(peer: PeerId): Timestamp | null
  /** Whether its word confirms others' adds: the owner's and the admins', their own adds confirmed or not. */
  mayAttest(peer: PeerId): boolean
  /** Adds that stand, and that only wait for the word of an admin that this is the newest log. */
  readonly unconfirmed: ReadonlySet<EntryHash>
  /** Added, and only the word of an admin is missing that this is the newest log. */
  awaitsConfirmation(peer: PeerId): boolean
  /** The entry that commits to the secret in use. */
  readonly epoch: EntryHash
  /** Somebody was removed whom the secret in use may have been told. */
  readonly rotationDue: boolean
  /** What an epoch's secret has to be the commitment of; null for what is no epoch. */
  commitment(epoch: EntryHash): Uint8Array | null
}

export interface ViewDeps {
  readonly owner: PeerId
  readonly graph: EntryGraph
  /** Parents first. */
  readonly counted: readonly Placed[]
  readonly isConfirmed: (placed: Placed) => boolean
}

interface Said<Type extends LogChange['type']> extends Placed {
  readonly what: Extract<LogChange, { readonly type: Type }>
}

/** What the entries that count come to, whatever order they came in. */
export function viewOf({ owner, graph, counted, isConfirmed }: ViewDeps): MembershipView {
  const adds = said(counted, 'add')
  const removes = said(counted, 'remove')
  const removesOf = grouped(removes, ({ what }) => what.peer)

  /** Removal wins over what it does not know of: only an add that builds on it stands again. */
  const isUndone = (add: Said<'add'>): boolean =>
    [add.what.peer, add.what.person].some(
      (peer) =>
        peer !== null &&
        removesOf
          .get(peer)
          ?.some(
            (remove) =>
              !graph.buildsOn(add, remove) &&
              (remove.entry.author === owner || add.what.role === 'member'),
          ),
    )

  const [standing, undone] = parted(adds, (add) => !isUndone(add))
  const standingOf = grouped(standing, ({ what }) => what.peer)
  const [create] = said(counted, 'create')
  if (create === undefined) throw new Error('a log begins with its creation')

  const membershipOf = (peer: PeerId, found: readonly Said<'add'>[]): Membership | null => {
    const confirmed = found.filter(isConfirmed)
    const newest = highest(confirmed, inNoOrder)
    if (newest === null) return null
    const role = confirmed.some(({ what }) => what.role === 'admin') ? 'admin' : 'member'
    const { name, person } = newest.what
    return { peer, role, name, person, addedAt: newest.entry.at }
  }

  const members = new Map<PeerId, Membership>()
  members.set(owner, {
    peer: owner,
    role: 'owner',
    name: null,
    person: null,
    addedAt: create.entry.at,
  })
  for (const [peer, found] of standingOf) {
    const membership = membershipOf(peer, found)
    if (membership !== null) members.set(peer, membership)
  }
  const listed = [...members.values()].toSorted(
    (one, other) =>
      Number(other.role === 'owner') - Number(one.role === 'owner') ||
      one.addedAt - other.addedAt ||
      compare(one.peer, other.peer),
  )

  const revoked = new Set(said(counted, 'revoke').map(({ what }) => what.invite))
  const uses = grouped(adds, ({ what }) => what.invite)
  const removedAt = (peer: PeerId): Timestamp | null => {
    const persons = adds.filter(({ what }) => what.peer === peer).map(({ what }) => what.person)
    const times = [...new Set([peer, ...persons])].flatMap((of) =>
      of === null ? [] : (removesOf.get(of) ?? []).map(({ entry }) => entry.at),
    )
    return times.length === 0 ? null : Math.max(...times)
  }
  const gone = new Set([...removesOf.keys(), ...undone.map(({ what }) => what.peer)])

  const epochs = new Map<EntryHash, Epoch>()
  for (const epoch of [create, ...said(counted, 'rotate')]) epochs.set(epoch.entry.hash, epoch)
  const known = new Map(
    [...epochs.values()].map((epoch) => [
      epoch,
      removes.filter((remove) => graph.buildsOn(epoch, remove)).length,
    ]),
  )
  const current = highest([...known.keys()], (one, other) => known.get(one)! - known.get(other)!)!

  return {
    member: (peer) => members.get(peer) ?? null,
    members: () => listed,
    mayAdmit(peer) {
      const role = members.get(peer)?.role
      return role === 'owner' || role === 'admin'
    },
    revokedInvite: (tokenId) => revoked.has(tokenId),
    usedBy: (tokenId) => [...new Set(uses.get(tokenId)?.map(({ what }) => what.peer))].toSorted(),
    removed: (peer) => gone.has(peer) && !standingOf.has(peer),
    removedAt,
    mayAttest: (peer) =>
      peer === owner || standingOf.get(peer)?.some(({ what }) => what.role === 'admin') === true,
    unconfirmed: new Set(
      standing.filter((add) => !isConfirmed(add)).map(({ entry }) => entry.hash),
    ),
    awaitsConfirmation: (peer) => standingOf.has(peer) && !members.has(peer),
    epoch: current.entry.hash,
    rotationDue: known.get(current)! < removes.length,
    commitment: (epoch) => epochs.get(epoch)?.what.commitment ?? null,
  }
}

type Epoch = Said<'create'> | Said<'rotate'>

function said<Type extends LogChange['type']>(
  counted: readonly Placed[],
  type: Type,
): readonly Said<Type>[] {
  return counted.flatMap((placed) =>
    // The type that was asked for is the one it has.
    placed.entry.what.type === type ? [{ ...placed, what: placed.entry.what } as Said<Type>] : [],
  )
}

function parted<Item>(
  items: readonly Item[],
  isFirst: (item: Item) => boolean,
): readonly [readonly Item[], readonly Item[]] {
  const parts: [Item[], Item[]] = [[], []]
  for (const item of items) parts[isFirst(item) ? 0 : 1].push(item)
  return parts
}

function grouped<Item, Key>(
  items: readonly Item[],
  keyOf: (item: Item) => Key | null,
): ReadonlyMap<Key, readonly Item[]> {
  const groups = new Map<Key, Item[]>()
  for (const item of items) {
    const key = keyOf(item)
    if (key === null) continue
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}

/** The one that all replicas prefer: by the order given, then what builds on most, then by hash. */
function highest<Item extends Placed>(
  items: readonly Item[],
  order: (one: Item, other: Item) => number,
): Item | null {
  return items.reduce<Item | null>((best, item) => {
    if (best === null) return item
    const difference = order(item, best) || item.depth - best.depth || byHash(item, best)
    return difference > 0 ? item : best
  }, null)
}

const inNoOrder = (): number => 0
const byHash = (one: { entry: LogEntry }, other: { entry: LogEntry }): number =>
  compare(one.entry.hash, other.entry.hash)
const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)
