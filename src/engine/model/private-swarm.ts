import type { PeerWords } from './engine-state.ts'
import type { InfoHash, PeerId, SwarmId } from './ids.ts'
import type { Bytes, Timestamp } from './units.ts'

/**
 * What decides who may take part in a private swarm: a log of members that its owner and admins sign,
 * a secret in the link, or a passphrase.
 */
export type SwarmDoor = 'members' | 'key' | 'passphrase'

export type MemberRole = 'owner' | 'admin' | 'member'

/** What a list shows of the private side of a torrent. */
export interface PrivacySnapshot {
  readonly swarm: SwarmId
  readonly door: SwarmDoor
  readonly standing: Standing
  /** Who may take part, as far as we heard; with a key or a passphrase, who has proved it since the start. */
  readonly members: number
  /** Of those, linked now. */
  readonly online: number
}

/** Where we stand ourselves. */
export type Standing =
  /** We may take part; `settling` until the newest log that can be had was asked for. */
  | { readonly name: 'inside'; readonly role: MemberRole; readonly settling: boolean }
  /** We knock; `asked` is how many of those who could let us in were reached. */
  | { readonly name: 'joining'; readonly asked: number }
  /** A passphrase is needed that is not known, or was wrong. */
  | { readonly name: 'locked'; readonly wrong: boolean; readonly again: Timestamp | null }
  /** We were turned away for good. */
  | { readonly name: 'outside'; readonly why: OutsideReason }

export type OutsideReason = 'removed' | 'expired' | 'used' | 'revoked' | 'bound' | 'refused'

export interface MemberSnapshot {
  readonly peerId: PeerId
  readonly words: PeerWords
  /** As whoever let them in calls them; foreign text. */
  readonly name: string | null
  readonly role: MemberRole
  /** The identity this is another device of. */
  readonly person: PeerId | null
  readonly addedAt: Timestamp
  /** Ourselves. */
  readonly self: boolean
  readonly online: boolean
  readonly path: 'direct' | 'relayed' | null
  readonly downBytes: Bytes
  readonly upBytes: Bytes
}

/** How an invite is made. What is left out takes the default. */
export interface InviteOptions {
  /** At most 30 days from now; left out, 72 hours. */
  readonly expiresAt?: Timestamp
  /** 1 to 1,000; left out, 1. */
  readonly uses?: number
  /** The one peer that may use it. */
  readonly boundTo?: string
  /** For our own list of invites; not in the link. */
  readonly label?: string
  /** Who counts the uses: the relay, which sees no names, or we alone. Left out, the relay. */
  readonly counter?: 'relay' | 'issuer'
}

/** As what a peer is let in. */
export interface AllowOptions {
  /** Left out, `member`. Only the owner makes admins. */
  readonly role?: 'admin' | 'member'
  /** What others see them called; up to 64 characters. */
  readonly name?: string
  /** A member that this is another device of. */
  readonly person?: string
}

/** An invite we made. */
export interface InviteSnapshot {
  /** Names it to `revoke`: 64 hex digits. */
  readonly id: string
  readonly label: string | null
  readonly createdAt: Timestamp
  readonly expiresAt: Timestamp
  readonly uses: number
  readonly used: number
  readonly boundTo: PeerId | null
  readonly revoked: boolean
}

/** What an invite says before anybody joins. Signed by its issuer where the door is `members`. */
export interface InvitePreview {
  readonly swarm: SwarmId
  readonly infoHash: InfoHash
  readonly door: SwarmDoor
  /** Who invites; null where the door is a key or a passphrase and nobody signed. */
  readonly issuer: PeerId | null
  readonly words: PeerWords | null
  /** What the issuer is called; foreign text. */
  readonly from: string | null
  readonly expiresAt: Timestamp | null
  /** Meant for one peer only, and whether that is us. */
  readonly bound: 'nobody' | 'us' | 'another'
}
