import { bytesOfHex, hexOf } from '../model/ids.ts'
import type { Attestation } from '../membership/attestation.ts'
import type { EntryHash, LogEntry } from '../membership/log-entry.ts'
import type { Talk } from '../overlay/talk.ts'
import { ENTRIES_AT_ONCE, type SwarmMessage } from './swarm-messages.ts'

/** One side of an exchange: what it has, and whether the other side may see it. */
export interface ExchangeSide {
  /** May the other one read our log? Asked again after each part that it told us. */
  trusts(): boolean
  /** Is it a member, by all we know now? */
  admits(): boolean
  heads(): readonly EntryHash[]
  lackedBy(heads: readonly EntryHash[]): readonly LogEntry[]
  attestations(): Promise<readonly Attestation[]>
  /** The newest secret; null unless the other one is to have it. */
  secret(): { readonly epoch: EntryHash; readonly secret: Uint8Array<ArrayBuffer> } | null
  take(told: Told): Promise<void>
}

/** What the other side told, unread. */
export interface Told {
  readonly entries: readonly Uint8Array<ArrayBuffer>[]
  readonly attestations: readonly Uint8Array<ArrayBuffer>[]
  readonly secrets: ReadonlyArray<{
    readonly epoch: EntryHash
    readonly secret: Uint8Array<ArrayBuffer>
  }>
}

/**
 * Each side shows its log to whom it trusts, at once or after what it heard: a member that was away
 * learns from a newer one why it may trust it. True when both admit each other in the end, null when
 * the other one did not go through with it.
 */
export async function exchangeLogs(
  talk: Talk<SwarmMessage>,
  side: ExchangeSide,
): Promise<boolean | null> {
  const openly = side.trusts()
  talk.say({ type: 'have', heads: openly ? side.heads().map(bytesOfHex) : [] })
  const have = await talk.next()
  if (have?.type !== 'have') return null
  const theirs = have.heads.map((head) => hexOf(head) as EntryHash) // foreign: only looked up
  if (openly) await show(talk, side, theirs)
  talk.say({ type: 'done' })

  const first = await hear(talk, 'done')
  if (first === null) return null
  await side.take(first.told)
  if (!openly && side.trusts()) await show(talk, side, theirs)
  talk.say({ type: 'end', admits: side.admits() })

  const last = await hear(talk, 'end')
  if (last === null) return null
  await side.take(last.told)
  return side.admits() && last.admits
}

async function show(
  talk: Talk<SwarmMessage>,
  side: ExchangeSide,
  theirs: readonly EntryHash[],
): Promise<void> {
  const entries = side.lackedBy(theirs).map(({ bytes }) => bytes)
  for (let at = 0; at < entries.length; at += ENTRIES_AT_ONCE) {
    talk.say({ type: 'entries', entries: entries.slice(at, at + ENTRIES_AT_ONCE) })
  }
  for (const { bytes } of await side.attestations()) {
    talk.say({ type: 'attested', attestation: bytes })
  }
  const secret = side.secret()
  if (secret !== null) {
    talk.say({ type: 'secret', epoch: bytesOfHex(secret.epoch), secret: secret.secret })
  }
}

async function hear(
  talk: Talk<SwarmMessage>,
  until: 'done' | 'end',
): Promise<{ readonly told: Told; readonly admits: boolean } | null> {
  const entries: Uint8Array<ArrayBuffer>[] = []
  const attestations: Uint8Array<ArrayBuffer>[] = []
  const secrets: { epoch: EntryHash; secret: Uint8Array<ArrayBuffer> }[] = []
  for (;;) {
    const message = await talk.next()
    if (message?.type === 'entries') entries.push(...message.entries)
    else if (message?.type === 'attested') attestations.push(message.attestation)
    else if (message?.type === 'secret') {
      // Foreign: compared with what the log commits to.
      secrets.push({ epoch: hexOf(message.epoch) as EntryHash, secret: message.secret })
    } else if (message?.type === until) {
      const admits = message.type === 'end' && message.admits
      return { told: { entries, attestations, secrets }, admits }
    } else return null
  }
}
