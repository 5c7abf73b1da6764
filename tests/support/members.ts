import type { InfoHash, PeerId } from '../../src/engine/model/ids.ts'
import { writeAttestation, type Attestation } from '../../src/engine/membership/attestation.ts'
import {
  writeEntry,
  type EntryHash,
  type LogChange,
  type LogEntry,
} from '../../src/engine/membership/log-entry.ts'
import { openLog, type MembershipLog } from '../../src/engine/membership/membership-log.ts'
import { makeSigner, type Signer } from '../../src/engine/membership/peer-keys.ts'
import { commitmentOf } from '../../src/engine/membership/swarm-secrets.ts'

export const INFO_HASH = 'ab'.repeat(20) as InfoHash // 40 hex digits
/** Any time will do: the log has no clock. */
export const NOON = 1_800_000_000_000

/** The same person for the same number. */
export function aPerson(number: number): Promise<Signer> {
  const seed = new Uint8Array(32).fill(7)
  new DataView(seed.buffer).setUint32(0, number)
  return makeSigner(seed)
}

export const [OWNER, ANNA, BEN, CARL, DORA, EVE, FRED, GINA] = (await Promise.all(
  Array.from({ length: 8 }, (_, number) => aPerson(number)),
)) as [Signer, Signer, Signer, Signer, Signer, Signer, Signer, Signer]

export const secretOf = (number: number) => new Uint8Array(32).fill(number)

export function aCreation(owner: Signer = OWNER, at = NOON): Promise<LogEntry> {
  const what = {
    type: 'create',
    infoHash: INFO_HASH,
    commitment: commitmentOf(secretOf(0)),
  } as const
  return writeEntry(owner, { swarm: null, parents: [], at, what })
}

export const add = (
  who: Signer | PeerId,
  role: 'admin' | 'member' = 'member',
  more: { name?: string; person?: PeerId; invite?: string } = {},
): LogChange => ({
  type: 'add',
  peer: typeof who === 'string' ? who : who.self,
  role,
  name: more.name ?? null,
  person: more.person ?? null,
  invite: more.invite ?? null,
})
export const remove = (who: Signer): LogChange => ({ type: 'remove', peer: who.self })
export const revoke = (invite: string): LogChange => ({ type: 'revoke', invite })
export const rotate = (secret: number): LogChange => ({
  type: 'rotate',
  commitment: commitmentOf(secretOf(secret)),
})

/** One who keeps a log and writes into it. */
export interface Keeper {
  readonly log: MembershipLog
  /** Says it, on top of what its log has. */
  readonly says: (what: LogChange, at?: number) => Promise<LogEntry>
  /** Hears all that another's log has. */
  meets(other: Keeper): void
  attests(at?: number): Promise<Attestation>
}

export function aKeeper(create: LogEntry, signer: Signer): Keeper {
  const log = openLog(create, signer.self)!
  return {
    log,
    async says(what, at = NOON) {
      const entry = await writeEntry(signer, log.next(what, at))
      log.add([entry])
      return entry
    },
    meets(other) {
      log.add(other.log.lackedBy(log.summary()))
    },
    attests: (at = NOON) => writeAttestation(signer, { swarm: log.swarm, heads: log.heads(), at }),
  }
}

/** An entry built on any others, whatever its author's log would say. */
export function anEntry(
  author: Signer,
  create: LogEntry,
  parents: readonly (LogEntry | EntryHash)[],
  what: LogChange,
  at = NOON,
): Promise<LogEntry> {
  const hashes = parents.map((parent) => (typeof parent === 'string' ? parent : parent.hash))
  return writeEntry(author, { swarm: create.swarm, parents: hashes, at, what })
}

/** Who is in, as names in the order of the people above. */
export function peersIn(log: MembershipLog): readonly PeerId[] {
  return log
    .view()
    .members()
    .map(({ peer }) => peer)
    .toSorted()
}

/** All a view says of these people, to compare. */
export function seen(log: MembershipLog, people: readonly Signer[], invites: readonly string[]) {
  const view = log.view()
  return {
    members: view.members(),
    people: people.map(({ self }) => [
      view.mayAdmit(self),
      view.mayAttest(self),
      view.removed(self),
      view.awaitsConfirmation(self),
    ]),
    invites: invites.map((invite) => [view.revokedInvite(invite), view.usedBy(invite)]),
    epoch: view.epoch,
    rotationDue: view.rotationDue,
    heads: log.heads(),
  }
}
