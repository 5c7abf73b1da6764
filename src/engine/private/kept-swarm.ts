import * as v from 'valibot'
import {
  bytesOfHex,
  isInfoHash,
  isPeerId,
  isSwarmId,
  type InfoHash,
  type PeerId,
  type SwarmId,
} from '../model/ids.ts'
import type { OutsideReason } from '../model/private-swarm.ts'
import { MIB, type Bytes, type Timestamp } from '../model/units.ts'
import type { StoredLog } from '../membership/membership-log.ts'
import { decodeStrict, encodeStrict } from '../strict-cbor.ts'

/** What is remembered of one private swarm between visits. */
export interface KeptSwarm {
  readonly swarm: SwarmId
  readonly infoHash: InfoHash
  /** Relays where members are met, beside our own: multiaddrs with the relay's peer id. */
  readonly relays: readonly string[]
  /** Of the torrent, as the invite had it or as we made it: for the links we make. */
  readonly name: string
  readonly bytes: Bytes
  readonly door: KeptDoor
}

export type KeptDoor =
  | {
      readonly kind: 'members'
      /** Null until we were let in. */
      readonly log: StoredLog | null
      readonly secrets: readonly KeptSecret[]
      readonly invites: readonly KeptInvite[]
      /** How we were invited; null where we made the swarm. */
      readonly joining: KeptJoining | null
      readonly outside: OutsideReason | null
    }
  | { readonly kind: 'key'; readonly key: Uint8Array<ArrayBuffer> }
  | {
      readonly kind: 'passphrase'
      /** Null until we were let in. */
      readonly key: Uint8Array<ArrayBuffer> | null
      /** What the passphrase comes to (Argon2id); null until somebody typed it. */
      readonly prs: Uint8Array<ArrayBuffer> | null
    }

export interface KeptSecret {
  /** Hash of the entry that commits to it. */
  readonly epoch: string
  readonly secret: Uint8Array<ArrayBuffer>
}

export interface KeptJoining {
  readonly token: Uint8Array<ArrayBuffer>
  readonly seed: Uint8Array<ArrayBuffer>
}

/** An invite of ours. */
export interface KeptInvite {
  /** Of the token, 64 hex digits. */
  readonly id: string
  readonly label: string | null
  readonly createdAt: Timestamp
  readonly expiresAt: Timestamp
  readonly uses: number
  readonly boundTo: PeerId | null
}

const VERSION = 1
/** A full log with room to spare. */
const MAX_KEPT: Bytes = 16 * MIB

const any = v.pipe(
  v.instance(Uint8Array),
  v.transform((bytes) => new Uint8Array(bytes)),
)
const time = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const hex = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))
const peer = v.custom<PeerId>((id) => typeof id === 'string' && isPeerId(id))

const door = v.variant('kind', [
  v.strictObject({
    kind: v.literal('members'),
    log: v.nullable(
      v.strictObject({
        entries: v.array(any),
        attestations: v.array(any),
        confirmed: v.array(v.string()),
      }),
    ),
    secrets: v.array(v.strictObject({ epoch: hex, secret: any })),
    invites: v.array(
      v.strictObject({
        id: hex,
        label: v.nullable(v.string()),
        createdAt: time,
        expiresAt: time,
        uses: time,
        boundTo: v.nullable(peer),
      }),
    ),
    joining: v.nullable(v.strictObject({ token: any, seed: any })),
    outside: v.nullable(v.picklist(['removed', 'expired', 'used', 'revoked', 'bound', 'refused'])),
  }),
  v.strictObject({ kind: v.literal('key'), key: any }),
  v.strictObject({ kind: v.literal('passphrase'), key: v.nullable(any), prs: v.nullable(any) }),
])

const kept = v.strictObject({
  v: v.literal(VERSION),
  swarm: v.custom<SwarmId>((id) => typeof id === 'string' && isSwarmId(id)),
  infoHash: v.custom<InfoHash>((id) => typeof id === 'string' && isInfoHash(id)),
  relays: v.array(v.string()),
  name: v.string(),
  bytes: time,
  door,
})

export function encodeKept(swarm: KeptSwarm): Uint8Array<ArrayBuffer> {
  return encodeStrict({ v: VERSION, ...swarm })
}

/** Null for what no version of ours wrote. */
export function decodeKept(bytes: Uint8Array): KeptSwarm | null {
  const parsed = v.safeParse(kept, decodeStrict(bytes, MAX_KEPT))
  if (!parsed.success) return null
  const { v: _, ...swarm } = parsed.output
  return swarm
}

/** A fresh random name for a swarm without a log. */
export function freshBytes(length: Bytes): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(length))
}

/** 32 bytes of a swarm's name. */
export function swarmBytes(swarm: SwarmId): Uint8Array<ArrayBuffer> {
  return bytesOfHex(swarm)
}
