import { sha256 } from '@noble/hashes/sha2.js'
import * as v from 'valibot'
import {
  bytesOfHex,
  hexOf,
  isSwarmId,
  type InfoHash,
  type PeerId,
  type SwarmId,
} from '../model/ids.ts'
import { KIB, type Timestamp } from '../model/units.ts'
import {
  bytesField,
  HASH_LENGTH,
  hashesField,
  hexField,
  infoHashField,
  nameField,
  peerField,
  swarmField,
  timeField,
} from './foreign-fields.ts'
import { publicKeyOf, type Signer } from './peer-keys.ts'
import { MAX_MEMBER_NAME } from './plain-name.ts'
import { bodyOf, isSignedBy, signBody, type Signed, type SignedKind } from './signed-bytes.ts'

/** 64 hex digits: the SHA-256 of an entry's bytes, signature and all. */
export type EntryHash = string & { readonly [hashBrand]: true }
declare const hashBrand: unique symbol

/** What an entry changes. Who may say it, and what comes of it, is in `membership-view.ts`. */
export type LogChange =
  /** The first entry: its author is the owner, its hash the swarm id. */
  | {
      readonly type: 'create'
      readonly infoHash: InfoHash
      /** To the first secret (`swarm-secrets.ts`). */
      readonly commitment: Uint8Array<ArrayBuffer>
    }
  | {
      readonly type: 'add'
      readonly peer: PeerId
      readonly role: 'admin' | 'member'
      readonly name: string | null
      /** Whose other device it is. Followed for one step: name the person, not one of its devices. */
      readonly person: PeerId | null
      /** The token id of the invite that was redeemed. */
      readonly invite: string | null
    }
  /** A peer, and with it the peers that were added as its devices. */
  | { readonly type: 'remove'; readonly peer: PeerId }
  | { readonly type: 'revoke'; readonly invite: string }
  /** There is another secret from here on. */
  | { readonly type: 'rotate'; readonly commitment: Uint8Array<ArrayBuffer> }

/** What a writer says; the signer is the author. */
export interface EntryBody {
  /** Null in `create`, which has no parents either. */
  readonly swarm: SwarmId | null
  /** At most `MAX_PARENTS`, in any order. */
  readonly parents: readonly EntryHash[]
  /** By the author's clock. Shown; decides nothing. */
  readonly at: Timestamp
  readonly what: LogChange
}

/** An entry whose author signed it: only `readEntry`, `writeEntry` and our own store make one. */
export type LogEntry = Signed<EntryFacts>

export interface EntryFacts {
  readonly hash: EntryHash
  /** As on the wire. Nobody may change them. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Of `create`, its own hash. */
  readonly swarm: SwarmId
  /** In rising order. */
  readonly parents: readonly EntryHash[]
  readonly author: PeerId
  readonly at: Timestamp
  readonly what: LogChange
}

export const MAX_PARENTS = 8

const ENTRY: SignedKind = { label: 'chiral-member/1', maxLength: KIB }

/** Foreign bytes as an entry; null when they are none, or not signed by the author they name. */
export async function readEntry(bytes: Uint8Array): Promise<LogEntry | null> {
  const entry = readStoredEntry(bytes)
  return entry !== null && (await isSignedBy(ENTRY, entry.author, entry.bytes)) ? entry : null
}

/** Signs an entry. Throws when nobody would read it: a name that is not plain, too many parents. */
export async function writeEntry(signer: Signer, body: EntryBody): Promise<LogEntry> {
  const bytes = await signBody(ENTRY, signer, {
    v: 1,
    swarm: body.swarm === null ? null : bytesOfHex(body.swarm),
    parents: body.parents.toSorted().map(bytesOfHex),
    author: publicKeyOf(signer.self),
    at: body.at,
    what: plain(body.what),
  })
  const entry = readStoredEntry(bytes)
  if (entry === null) throw new Error(`nobody would read this entry: ${body.what.type}`)
  return entry
}

/** Bytes of our own store as an entry: its signature was checked before it got there. */
export function readStoredEntry(bytes: Uint8Array): LogEntry | null {
  const parsed = v.safeParse(entryBody, bodyOf(ENTRY, bytes))
  if (!parsed.success) return null
  const { swarm, parents, author, at, what } = parsed.output
  const isFirst = what.type === 'create'
  if (isFirst !== (swarm === null) || isFirst !== (parents.length === 0)) return null
  const own = new Uint8Array(bytes)
  const hash = hexOf(sha256(own))
  const facts: EntryFacts = {
    hash: hash as EntryHash, // of a digest
    bytes: own,
    swarm: swarm ?? swarmNamed(hash),
    parents: parents as EntryHash[], // hex of 32 bytes each
    author,
    at,
    what,
  }
  return facts as LogEntry // signed: the caller's word
}

const invite = hexField(HASH_LENGTH)
const commitment = bytesField(HASH_LENGTH)

const change = v.variant('type', [
  v.strictObject({ type: v.literal('create'), infoHash: infoHashField, commitment }),
  v.pipe(
    v.strictObject({
      type: v.literal('add'),
      peer: peerField,
      role: v.picklist(['admin', 'member']),
      name: v.nullable(nameField(MAX_MEMBER_NAME)),
      person: v.nullable(peerField),
      invite: v.nullable(invite),
    }),
    v.check(({ peer, person }) => peer !== person),
  ),
  v.strictObject({ type: v.literal('remove'), peer: peerField }),
  v.strictObject({ type: v.literal('revoke'), invite }),
  v.strictObject({ type: v.literal('rotate'), commitment }),
])

const entryBody = v.strictObject({
  v: v.literal(1),
  swarm: v.nullable(swarmField),
  parents: hashesField(MAX_PARENTS),
  author: peerField,
  at: timeField,
  what: change,
})

function plain(said: LogChange): object {
  switch (said.type) {
    case 'create':
      return { ...said, infoHash: bytesOfHex(said.infoHash) }
    case 'add':
      return {
        ...said,
        peer: publicKeyOf(said.peer),
        person: said.person && publicKeyOf(said.person),
        invite: said.invite === null ? null : bytesOfHash(said.invite),
      }
    case 'remove':
      return { ...said, peer: publicKeyOf(said.peer) }
    case 'revoke':
      return { ...said, invite: bytesOfHash(said.invite) }
    case 'rotate':
      return said
  }
}

function bytesOfHash(hex: string): Uint8Array {
  if (!/^[0-9a-f]{64}$/.test(hex)) throw new Error('a token id is 64 hex digits')
  return bytesOfHex(hex)
}

function swarmNamed(hash: string): SwarmId {
  if (!isSwarmId(hash)) throw new Error('a SHA-256 is 64 hex digits')
  return hash
}
