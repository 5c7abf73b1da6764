import type { InfoHash, PeerId, SwarmId } from '../model/ids.ts'
import type { Timestamp } from '../model/units.ts'
import { isFresh, MAX_HEADS, readStoredAttestation, type Attestation } from './attestation.ts'
import { makeAuthority } from './authority.ts'
import { makeEntryGraph, type Placed } from './entry-graph.ts'
import { judge, type Judgement } from './judgement.ts'
import {
  MAX_PARENTS,
  readStoredEntry,
  type EntryBody,
  type EntryHash,
  type LogChange,
  type LogEntry,
} from './log-entry.ts'
import { viewOf, type MembershipView } from './membership-view.ts'
import { makeWaitingRoom } from './waiting-room.ts'

/**
 * Who may take part in one private swarm: signed entries, each building on those its author knew.
 * Replicas that have heard the same entries say the same, whatever order they came in.
 */
export interface MembershipLog {
  readonly swarm: SwarmId
  readonly owner: PeerId
  readonly infoHash: InfoHash
  /**
   * Takes what is new, and answers with what became part of the log, parents first. What builds on
   * entries that are not here waits for them; what its author had no right to say is left out, also
   * when that shows only later.
   */
  add(entries: readonly LogEntry[]): readonly LogEntry[]
  /** What counts and nothing builds on, at most `MAX_HEADS`. In rising order. */
  heads(): readonly EntryHash[]
  /**
   * The same without adds that nobody confirmed, and what builds on them: an attestation is of these.
   * An admin that was away would let in whoever was added and removed meanwhile, by its own word.
   */
  assuredHeads(): readonly EntryHash[]
  /** Parents first; the first is the creation. */
  entries(): readonly LogEntry[]
  /**
   * Hashes that tell another replica what we have, also if it does not know our heads: those, and
   * entries further and further back. At most `MAX_HEADS`.
   */
  summary(): readonly EntryHash[]
  /** What a replica with these hashes does not have, parents first. Those we do not know say nothing. */
  lackedBy(heads: readonly EntryHash[]): readonly LogEntry[]
  /** What an author should sign now to say this: a body that builds on what is here. */
  next(what: LogChange, at: Timestamp): EntryBody
  /**
   * Takes the word of an admin that these are the heads of the log, and counts all adds they build
   * on from now on. False, and nothing counts, when it is too old, not an admin's, or of heads that
   * are not here yet: ask for the entries, then say it again. Nobody confirms that it is an admin
   * itself, but for `isFirst`: whoever is let in knows no admin yet, and believes who invited it.
   */
  hears(attestation: Attestation, now: Timestamp, isFirst?: boolean): boolean
  /** The newest of each who may give one, to be passed on. */
  attestations(): readonly Attestation[]
  /** Stays as it is while the log goes on. */
  view(): MembershipView
  /** All there is to keep. */
  stored(): StoredLog
}

/** A log at rest. */
export interface StoredLog {
  /** Parents first. */
  readonly entries: readonly Uint8Array<ArrayBuffer>[]
  readonly attestations: readonly Uint8Array<ArrayBuffer>[]
  /** Adds that were confirmed once. */
  readonly confirmed: readonly string[]
}

/**
 * Entries that all but the owner may fill: people change their swarm every day for ten years. The
 * owner, and what the owner builds on, is always heard: an admin gone bad can fill a log, but it
 * cannot keep its removal out.
 */
export const MAX_ENTRIES = 4096
/** A whole log can be told backwards. */
const MAX_WAITING = MAX_ENTRIES

/** A log that begins; `self` is who we are. Null when the entry is no creation. */
export function openLog(create: LogEntry, self: PeerId | null = null): MembershipLog | null {
  return create.what.type === 'create' ? makeLog(create, create.what.infoHash, self) : null
}

/** A log from our own store, whose signatures were checked before they got there. */
export function restoreLog(stored: StoredLog, self: PeerId | null = null): MembershipLog | null {
  const [first, ...others] = stored.entries.flatMap((bytes) => readStoredEntry(bytes) ?? [])
  if (first?.what.type !== 'create') return null
  const attestations = stored.attestations.flatMap((bytes) => readStoredAttestation(bytes) ?? [])
  const log = makeLog(first, first.what.infoHash, self, {
    attestations,
    confirmed: new Set(stored.confirmed),
  })
  log.add(others)
  return log
}

interface Remembered {
  readonly attestations: readonly Attestation[]
  readonly confirmed: ReadonlySet<string>
}

function makeLog(
  create: LogEntry,
  infoHash: InfoHash,
  self: PeerId | null,
  remembered?: Remembered,
): MembershipLog {
  const { swarm, author: owner } = create
  let graph = makeEntryGraph()
  let authority = makeAuthority(owner, graph)
  graph.place(create)
  const waiting = makeWaitingRoom(MAX_WAITING)
  const confirmed = new Set<string>(remembered?.confirmed)
  const attestations = new Map<PeerId, Attestation>()
  for (const attestation of remembered?.attestations ?? []) {
    if (attestation.swarm === swarm) attestations.set(attestation.author, attestation)
  }
  let judgement: Judgement | null = null
  let view: MembershipView | null = null

  const judged = (): Judgement => (judgement ??= judge(graph, authority))

  const isConfirmed = ({ entry }: Placed): boolean =>
    entry.author === self || confirmed.has(entry.hash)

  const viewNow = (): MembershipView =>
    (view ??= viewOf({ owner, graph, counted: judged().counted, isConfirmed }))

  /** What counts, does not build on an unconfirmed add, and has nothing of the kind built on it. */
  const assured = (): readonly Placed[] => {
    const { unconfirmed } = viewNow()
    const { kept, counted, frontier } = judged()
    if (unconfirmed.size === 0) return frontier
    const doubtful = new Set<number>()
    for (const { entry, index, parents } of kept) {
      const isDoubtful = unconfirmed.has(entry.hash) || parents.some((at) => doubtful.has(at))
      if (isDoubtful) doubtful.add(index)
    }
    const sure = counted.filter(({ index }) => !doubtful.has(index))
    return sure.filter((placed) => !sure.some((later) => graph.buildsOn(later, placed)))
  }

  const place = (entry: LogEntry): void => {
    authority.learn(graph.place(entry))
    judgement = null
    view = null
  }

  /** Leaves out what is void for good. */
  const compact = (): void => {
    const { kept } = judged()
    if (kept.length === graph.size) return
    graph = makeEntryGraph()
    authority = makeAuthority(owner, graph)
    for (const { entry } of kept) place(entry)
  }

  /** Entries of the owner that wait, and what they wait for. */
  const wantedByOwner = (): ReadonlySet<EntryHash> => {
    const wanted = new Set<EntryHash>()
    const asked = [...waiting.all()].filter(({ author }) => author === owner)
    for (let entry = asked.pop(); entry !== undefined; entry = asked.pop()) {
      if (wanted.has(entry.hash)) continue
      wanted.add(entry.hash)
      for (const parent of entry.parents) {
        const found = waiting.get(parent)
        if (found !== undefined) asked.push(found)
      }
    }
    return wanted
  }

  /** Places everything that waits and whose parents are here. */
  const settle = (): readonly LogEntry[] => {
    const placed: LogEntry[] = []
    const ready = [...waiting.all()]
    let wanted: ReadonlySet<EntryHash> | null = null
    for (let at = 0; at < ready.length; at++) {
      const entry = ready[at]!
      if (!waiting.has(entry.hash) || !entry.parents.every((parent) => graph.has(parent))) continue
      const stands = authority.mayStand(entry, graph.pastOf(entry.parents))
      if (stands && graph.size >= MAX_ENTRIES) {
        wanted ??= wantedByOwner()
        if (!wanted.has(entry.hash)) continue
      }
      waiting.leave(entry)
      if (!stands) continue
      place(entry)
      placed.push(entry)
      ready.push(...waiting.childrenOf(entry.hash))
    }
    return placed
  }

  const isNew = (entry: LogEntry): boolean =>
    entry.swarm === swarm && !graph.has(entry.hash) && !waiting.has(entry.hash)

  return {
    swarm,
    owner,
    infoHash,

    add(entries) {
      for (const entry of entries) if (isNew(entry)) waiting.enter(entry)
      const placed = [...settle()]
      if (graph.size >= MAX_ENTRIES) {
        compact()
        placed.push(...settle())
      }
      waiting.thin()
      if (judged().kept.length === graph.size) return placed
      const kept = new Set(judged().kept.map(({ entry }) => entry))
      return placed.filter((entry) => kept.has(entry))
    },

    heads: () =>
      broadest(judged().frontier)
        .slice(0, MAX_HEADS)
        .map(({ entry }) => entry.hash)
        .toSorted(),

    assuredHeads: () =>
      broadest(assured())
        .slice(0, MAX_HEADS)
        .map(({ entry }) => entry.hash)
        .toSorted(),

    summary() {
      const { kept, frontier } = judged()
      const hashes = new Set<EntryHash>()
      for (let back = 1; back <= kept.length; back *= 2) hashes.add(kept.at(-back)!.entry.hash)
      for (const { entry } of broadest(frontier)) {
        if (hashes.size < MAX_HEADS) hashes.add(entry.hash)
      }
      return [...hashes].toSorted()
    },

    entries: () => judged().kept.map(({ entry }) => entry),

    lackedBy(heads) {
      const past = graph.pastOf(heads)
      const lacked = judged().kept.filter((placed) => !past.has(placed))
      return lacked.map(({ entry }) => entry)
    },

    next(what, at) {
      // Whom we let in is to be attested at once; whoever was removed comes back behind all removals.
      const isNew = what.type === 'add' && !viewNow().removed(what.peer)
      const isSure = self !== null && viewNow().mayAdmit(self)
      const behind = isNew && isSure ? assured() : judged().frontier
      const parents = broadest(behind).slice(0, MAX_PARENTS)
      return { swarm, parents: parents.map(({ entry }) => entry.hash), at, what }
    },

    hears(attestation, now, isFirst = false) {
      const { author, heads, at } = attestation
      if (attestation.swarm !== swarm || !isFresh(attestation, now)) return false
      const mayTell = isFirst ? viewNow().mayAttest(author) : viewNow().mayAdmit(author)
      if (!heads.every((head) => graph.has(head)) || !mayTell) return false
      const past = graph.pastOf(heads)
      for (const placed of graph.all()) {
        if (placed.entry.what.type === 'add' && past.has(placed)) confirmed.add(placed.entry.hash)
      }
      const last = attestations.get(author)
      // A clock may stand still or be put back: who covers more said it later, whatever the time.
      const coversLast = graph
        .all()
        .every((placed) => last?.heads.includes(placed.entry.hash) !== true || past.has(placed))
      const saysMore = coversLast && last?.heads.join() !== heads.join()
      if (last === undefined || saysMore || at > last.at || !isFresh(last, now)) {
        attestations.set(author, attestation)
      }
      view = null
      return true
    },

    attestations: () =>
      [...attestations.values()].filter(({ author }) => viewNow().mayAttest(author)),

    view: viewNow,

    stored() {
      const kept = judged().kept.map(({ entry }) => entry)
      return {
        entries: kept.map(({ bytes }) => bytes),
        attestations: [...attestations.values()].map(({ bytes }) => bytes),
        confirmed: kept.map(({ hash }) => hash).filter((hash) => confirmed.has(hash)),
      }
    },
  }
}

/** Those that build on most first. */
function broadest(placed: readonly Placed[]): readonly Placed[] {
  return placed.toSorted(
    (one, other) => other.depth - one.depth || (one.entry.hash < other.entry.hash ? -1 : 1),
  )
}
