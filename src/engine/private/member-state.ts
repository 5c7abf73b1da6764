import type { EngineError } from '../model/errors.ts'
import type { InfoHash, PeerId, SwarmId } from '../model/ids.ts'
import type { OutsideReason } from '../model/private-swarm.ts'
import type { Result } from '../model/result.ts'
import { HOUR, type Millis, type Timestamp } from '../model/units.ts'
import { CLOCK_TOLERANCE, readAttestation, writeAttestation } from '../membership/attestation.ts'
import {
  readEntry,
  writeEntry,
  type EntryHash,
  type LogChange,
  type LogEntry,
} from '../membership/log-entry.ts'
import { openLog, restoreLog, type MembershipLog } from '../membership/membership-log.ts'
import type { MembershipView } from '../membership/membership-view.ts'
import type { Signer } from '../membership/peer-keys.ts'
import { commitmentOf, isSecretOf, SECRET_LENGTH } from '../membership/swarm-secrets.ts'
import { freshBytes, type KeptDoor } from './kept-swarm.ts'
import type { Told } from './log-exchange.ts'

/** Our word for the log is given anew after this, though nothing changed: others' knowledge ages. */
const ATTEST_AFTER: Millis = HOUR
/** Secrets of earlier epochs show who lags behind how far. */
const MAX_SECRETS = 4

export type KeptMembers = Extract<KeptDoor, { kind: 'members' }>

export interface MemberStateDeps {
  readonly swarm: SwarmId
  readonly infoHash: InfoHash
  readonly signer: Signer
  now(): Timestamp
  /** Keeps what is known now; answered when it is on the disk. */
  save(): Promise<Result<void, EngineError>>
  /** Who may take part, the secret, or where we stand is another now. */
  onChange(): void
}

/** What we know of one swarm with a log: its members, its secret, and whether we are one of them. */
export interface MemberState {
  /** Null until we were let in. */
  view(): MembershipView | null
  readonly log: MembershipLog | null
  isInside(): boolean
  /** The newest secret, once we were told it. */
  secret(): KnownSecret | null
  outside(): OutsideReason | null
  setOutside(why: OutsideReason | null): void
  /** Signs that the log is the newest, where our word counts. */
  attest(): Promise<void>
  /** Signs changes, one after the other, and keeps them. */
  write(changes: readonly LogChange[]): Promise<Result<void, EngineError>>
  /** Removes, and draws a secret that who was removed never hears. */
  remove(peer: PeerId): Promise<Result<void, EngineError>>
  /** Judges and changes with nothing in between; null from `judge` writes nothing. */
  decide<Refusal>(
    judge: () => Promise<{ readonly refusal: Refusal } | { readonly change: LogChange } | null>,
  ): Promise<Refusal | 'kept' | 'not-kept' | null>
  /** Reads what a peer told. Everything in it proves itself, or is left out. */
  take(told: Told): Promise<void>
  kept(): Pick<KeptMembers, 'log' | 'secrets' | 'outside'>
}

export interface KnownSecret {
  readonly epoch: EntryHash
  readonly secret: Uint8Array<ArrayBuffer>
}

/** The first entry and the first secret of a swarm of our own; its hash is the swarm's id. */
export async function beginSwarm(
  signer: Signer,
  infoHash: InfoHash,
  at: Timestamp,
): Promise<KeptMembers & { readonly swarm: SwarmId }> {
  const secret = freshBytes(SECRET_LENGTH)
  const what = { type: 'create', infoHash, commitment: commitmentOf(secret) } as const
  const create = await writeEntry(signer, { swarm: null, parents: [], at, what })
  return {
    kind: 'members',
    swarm: create.swarm,
    log: { entries: [create.bytes], attestations: [], confirmed: [] },
    secrets: [{ epoch: create.hash, secret }],
    invites: [],
    joining: null,
    outside: null,
  }
}

export function makeMemberState(
  deps: MemberStateDeps,
  kept: Pick<KeptMembers, 'log' | 'secrets' | 'outside'>,
): MemberState {
  const { signer, swarm } = deps
  const { self } = signer
  let log = kept.log === null ? null : restoreLog(kept.log, self)
  let secrets = new Map(
    kept.secrets.map(({ epoch, secret }) => [epoch as EntryHash, secret]), // as we wrote it
  )
  let outside = kept.outside
  let last: Promise<unknown> = Promise.resolve()

  /** One change after the other: each builds on the one before. */
  const inTurn = <Value>(act: () => Promise<Value>): Promise<Value> => {
    const done = last.then(act)
    last = done.catch(() => {})
    return done
  }
  const view = () => log?.view() ?? null
  const addedAt = () => view()?.member(self)?.addedAt ?? null
  /** Of the add that an admin told us is over, though the log we have does not say so yet. */
  let overAdd = outside === 'removed' ? addedAt() : null

  const attest = async (): Promise<void> => {
    const now = deps.now()
    if (log?.view().mayAdmit(self) !== true) return
    const heads = log.assuredHeads()
    const mine = log.attestations().find(({ author }) => author === self)
    const stands =
      mine !== undefined &&
      now - mine.at < ATTEST_AFTER &&
      mine.at <= now + CLOCK_TOLERANCE &&
      mine.heads.join() === heads.join()
    if (!stands) log.hears(await writeAttestation(signer, { swarm, heads, at: now }), now)
  }

  const append = async (change: LogChange): Promise<LogEntry> => {
    if (log === null) throw new Error('nothing is written before there is a log')
    const entry = await writeEntry(signer, log.next(change, deps.now()))
    log.add([entry])
    return entry
  }

  const rotate = async (): Promise<void> => {
    const secret = freshBytes(SECRET_LENGTH)
    const { hash } = await append({ type: 'rotate', commitment: commitmentOf(secret) })
    secrets.set(hash, secret)
  }

  const keep = async (): Promise<Result<void, EngineError>> => {
    await attest()
    const saved = await deps.save()
    deps.onChange()
    return saved
  }

  /** Whether anything is other than it was. */
  const fingerprint = () =>
    [
      log?.heads().join() ?? '',
      log?.stored().confirmed.length ?? 0,
      [...secrets.keys()].join(),
      outside ?? '',
    ].join(' ')

  const read = async ({ entries, attestations, secrets: told }: Told): Promise<void> => {
    const signed = (await Promise.all(entries.map(readEntry))).filter((entry) => entry !== null)
    const isFirst = log === null
    if (log === null) {
      const create = signed.find(({ hash }) => (hash as string) === swarm)
      const opened = create === undefined ? null : openLog(create, self)
      // Another torrent's swarm is not what we were invited to.
      log = opened?.infoHash === deps.infoHash ? opened : null
    }
    if (log === null) return
    log.add(signed)
    let words = (await Promise.all(attestations.map(readAttestation))).filter(
      (word) => word !== null,
    )
    // One word may confirm who gave another.
    for (let before = -1; words.length !== before;) {
      before = words.length
      const known = log
      words = words.filter((word) => !known.hears(word, deps.now(), isFirst))
    }
    for (const { epoch, secret } of told) {
      const commitment = log.view().commitment(epoch)
      if (commitment !== null && isSecretOf(commitment, secret)) secrets.set(epoch, secret)
    }
    if (log.view().mayAdmit(self) && log.view().rotationDue) await rotate()
    // The one in use comes last, or whoever knew enough old ones could make us forget it.
    const { epoch } = log.view()
    const current = secrets.get(epoch)
    if (current !== undefined) {
      secrets.delete(epoch)
      secrets.set(epoch, current)
    }
    secrets = new Map([...secrets].slice(-MAX_SECRETS))
    if (log.view().removed(self)) outside = 'removed'
    else if (addedAt() !== null && addedAt() !== overAdd) outside = null
  }

  return {
    view,
    get log() {
      return log
    },
    isInside: () => outside !== 'removed' && view()?.member(self) != null,
    secret() {
      const seen = view()
      const secret = seen === null ? undefined : secrets.get(seen.epoch)
      return seen === null || secret === undefined ? null : { epoch: seen.epoch, secret }
    },
    outside: () => outside,
    setOutside(why) {
      if (why === outside) return
      outside = why
      if (why === 'removed') overAdd = addedAt()
      void deps.save()
      deps.onChange()
    },
    attest: () => inTurn(attest),
    write: (changes) =>
      inTurn(async () => {
        for (const change of changes) await append(change)
        return keep()
      }),
    remove: (peer) =>
      inTurn(async () => {
        await append({ type: 'remove', peer })
        await rotate()
        return keep()
      }),
    decide: (judge) =>
      inTurn(async () => {
        const decision = await judge()
        if (decision === null) return null
        if ('refusal' in decision) return decision.refusal
        await append(decision.change)
        return (await keep()).ok ? 'kept' : 'not-kept'
      }),
    take: (told) =>
      inTurn(async () => {
        const before = fingerprint()
        await read(told)
        if (fingerprint() !== before) await keep()
      }),
    kept: () => ({
      log: log?.stored() ?? null,
      secrets: [...secrets].map(([epoch, secret]) => ({ epoch, secret })),
      outside,
    }),
  }
}
