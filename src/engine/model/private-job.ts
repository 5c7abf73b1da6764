import type { InfoHash, PeerId } from './ids.ts'
import type { TorrentSource } from './torrent.ts'

/**
 * How a private torrent is to be run, in the words of the programs that ask for one. What is left out
 * is as private as it gets. Maps onto `SwarmPolicy`; what contradicts itself is refused.
 */
export interface PrivateTorrentModeOptions {
  readonly privateOnly?: boolean
  /** No record of it anywhere that a stranger could compute the key of. */
  readonly disableDht?: boolean
  /** Peers are not told of other peers (BEP 11). */
  readonly disablePex?: boolean
  /** How members are met: found in the overlay, called on because they are known, or both. */
  readonly allowedPeerSources?: 'overlay' | 'inviteList' | 'both'
}

/** A piece of content that may be had as one of several torrents. */
export interface PrivateJob {
  /** 1 to `MAX_JOB_NAME` characters, as are all names here. */
  readonly id: string
  /** What it is, in the words of whoever made the job; null when only the job names it. */
  readonly contentId?: string | null
  /** 1 to `MAX_VARIANTS`. */
  readonly variants: readonly PrivateVariant[]
}

export interface PrivateVariant {
  readonly id: string
  /** As for adding a torrent: a text is read as one that a person typed. */
  readonly source: TorrentSource | string
}

/** Whose requests for a job are answered, beside those inside the swarm of what they ask for. */
export type JobAudience = readonly PeerId[]

export const MAX_JOB_NAME = 128
export const MAX_VARIANTS = 64
/** Jobs that are offered at once. */
export const MAX_JOBS = 1000
export const MAX_CONTENT_ID = 256
/** Why somebody asks, in their own words. */
export const MAX_FALLBACK_REASON = 256

/** A peer's wish that another prepares a private torrent, where other ways to some content failed. */
export interface BtFallbackRequest {
  readonly jobId: string
  readonly variantId: string
  readonly contentId: string
  /** For a person to read; foreign text where it arrives. */
  readonly reason: string
}

export type BtFallbackAck =
  | {
      readonly accepted: true
      readonly infoHash: InfoHash
      /** Lets the asker, and nobody else, into the swarm; null where it is inside already. */
      readonly invite: string | null
    }
  | { readonly accepted: false; readonly reason: BtFallbackRefusal }

export type BtFallbackRefusal =
  | 'missing-job-id-or-variant-id'
  | 'unknown-job-or-variant'
  /** The asker is no member and on no list; it is not told what there is. */
  | 'security-denied'
  /** Nothing is offered here, or this engine takes part in no private swarm. */
  | 'backend-disabled'
  | 'internal-error'

/** Where a source of content is known from: what decides whether a private torrent may use it. */
export type Provenance =
  /** A member of the private swarm, proved. */
  | 'overlay-member'
  /** An invite that was given to us. */
  | 'invite'
  /** A job of ours that names it. */
  | 'allowlist'
  /** A record that anybody may write. */
  | 'overlay'
  | 'tracker'
  | 'web-seed'

/** One way to get some content. */
export interface SourceCandidate {
  readonly infoHash: InfoHash
  readonly provenance: Provenance
  /** The peer, URL or job that it is known from; null where the invite itself is all there is. */
  readonly from: PeerId | string | null
  readonly source: TorrentSource
}

/** Why a candidate is of no use. */
export type CandidateProblem =
  /** Not a candidate, or of another torrent than it says. */
  | 'format'
  /** The policy does not take sources of this kind. */
  | 'provenance-denied'
  /** It is not, or no longer, known from where it says. */
  | 'unproved'
