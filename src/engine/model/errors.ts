import type { InfoHash, PeerId } from './ids.ts'
import type { OutsideReason } from './private-swarm.ts'
import type { PeerSource } from './swarm-policy.ts'
import type { Bytes } from './units.ts'

/**
 * Everything the engine may tell its user went wrong, as plain data: it crosses
 * `postMessage`, is stored in state, and is compared in tests without a class.
 *
 * `kind` is `area/what`. The area says who can act on it. One sentence for each
 * kind is in `ui/format/error-message.ts`.
 */
export type EngineError =
  // input/…: what the person gave us; asking again helps
  | { readonly kind: 'input/source'; readonly reason: 'empty' | 'unknown' }
  | { readonly kind: 'input/magnet'; readonly reason: MagnetProblem }
  | { readonly kind: 'input/metainfo'; readonly reason: MetainfoProblem }
  | { readonly kind: 'input/invite'; readonly reason: InviteProblem }
  | { readonly kind: 'input/duplicate'; readonly infoHash: InfoHash }
  | { readonly kind: 'input/unknown-torrent' }
  | { readonly kind: 'input/unknown-file' }
  | { readonly kind: 'input/no-files' }
  /** Not the peer id of an Ed25519 key. */
  | { readonly kind: 'input/peer-id' }
  /** A backup that cannot be read: no backup, cut off, or written by a newer version. */
  | { readonly kind: 'input/backup'; readonly reason: 'format' | 'newer' }
  | { readonly kind: 'input/identity'; readonly reason: IdentityProblem }
  /** An address in the settings that cannot be used, or more of them than there may be. */
  | { readonly kind: 'input/address'; readonly of: AddressKind; readonly reason: AddressProblem }
  /** `message` is a validator's own words about the first setting that is out of range. */
  | { readonly kind: 'input/settings'; readonly message: string }
  // http/…: a URL that was asked for; another URL, or later, helps
  | { readonly kind: 'http/status'; readonly url: string; readonly status: number }
  | { readonly kind: 'http/unreachable'; readonly url: string }
  | { readonly kind: 'http/not-a-torrent'; readonly url: string }
  | { readonly kind: 'http/too-large'; readonly url: string; readonly limit: Bytes }
  /** The file behind the URL is no longer the one whose first bytes are kept. */
  | { readonly kind: 'http/changed'; readonly url: string }
  // storage/…: this device; freeing space or closing a tab helps
  | { readonly kind: 'storage/unsupported' }
  | { readonly kind: 'storage/full'; readonly needed: Bytes; readonly available: Bytes }
  | { readonly kind: 'storage/locked' }
  | { readonly kind: 'storage/io'; readonly cause: Cause }
  /** A file that is being read for seeding changed or went away while it was read. */
  | { readonly kind: 'storage/source-changed'; readonly name: string }
  /** A picked file that is seeded from where it lies is not there any more. */
  | { readonly kind: 'storage/source-missing'; readonly name: string }
  /** The browser asks the person again before a picked file or folder may be used. */
  | { readonly kind: 'storage/permission'; readonly name: string }
  /** The browser took stored bytes away, or the person cleared them; they are fetched again. */
  | { readonly kind: 'storage/evicted'; readonly lost: Bytes }
  /** Stored bytes are no longer what was verified; they are fetched again. */
  | { readonly kind: 'storage/corrupt'; readonly lost: Bytes }
  /** A newer version of the app wrote what is stored: it is shown, and nothing in it is changed. */
  | { readonly kind: 'storage/newer' }
  // swarm/…: the other peers; waiting helps
  | { readonly kind: 'swarm/metadata-timeout' }
  | {
      readonly kind: 'swarm/tracker'
      readonly url: string
      readonly reason: TrackerProblem
      readonly message: string
    }
  // overlay/…: libp2p and the relay; retrying helps
  | { readonly kind: 'overlay/relay-unreachable'; readonly address: string }
  /** It is up, and serves no overlay. */
  | { readonly kind: 'overlay/no-relay'; readonly address: string }
  | { readonly kind: 'overlay/reservation-refused'; readonly relay: PeerId }
  | { readonly kind: 'overlay/dial'; readonly peer: PeerId; readonly cause: Cause }
  // policy/…: we refused; only changing the policy helps
  | { readonly kind: 'policy/source-denied'; readonly source: PeerSource }
  /** The engine takes part in private swarms only, as its settings say. */
  | { readonly kind: 'policy/private-only' }
  /** Options that contradict each other or the policy: `what` names the first of them. */
  | { readonly kind: 'policy/contradiction'; readonly what: string }
  /** The torrent is public: it has no members, and no invite is needed. */
  | { readonly kind: 'policy/public' }
  /** Only the owner, or an admin, may do that. */
  | { readonly kind: 'policy/not-allowed'; readonly needs: 'owner' | 'admin' | 'member' }
  /** Nobody who could let us in is there; it is tried again. */
  | { readonly kind: 'policy/nobody-to-ask' }
  /** We were turned away for good. */
  | { readonly kind: 'policy/outside'; readonly why: OutsideReason }
  | { readonly kind: 'policy/passphrase'; readonly reason: PassphraseProblem }
  // engine/…: ourselves
  | { readonly kind: 'engine/insecure-context' }
  | { readonly kind: 'engine/unsupported'; readonly what: string }
  | { readonly kind: 'engine/held-elsewhere' }
  | { readonly kind: 'engine/lost' }
  | { readonly kind: 'engine/version'; readonly page: string; readonly worker: string }
  | { readonly kind: 'engine/bug'; readonly cause: Cause }

/** Why a text that starts like a magnet URI is not one we can use (BEP 9). */
export type MagnetProblem =
  /** Not `magnet:?…` at all. */
  | 'scheme'
  /** No `xt=urn:btih:…`. */
  | 'no-info-hash'
  /** An `xt=urn:btih:` that is neither 40 hex digits nor 32 base32 letters. */
  | 'info-hash'
  /** Only `urn:btmh:` (BEP 52), which this engine does not speak. */
  | 'v2-only'
  /** Longer than any honest magnet URI. */
  | 'too-long'

/** Why bytes are not a `.torrent` we can use (BEP 3). */
export type MetainfoProblem =
  /** Above `MAX_METAINFO_LENGTH`. */
  | 'too-large'
  /** Not canonical bencoding, truncated, or nested too deep. */
  | 'bencode'
  /** Bencoded, but without the fields of a metainfo, or with fields that contradict each other. */
  | 'structure'
  /** Piece length zero, negative, or beyond `MAX_PIECE_LENGTH`. */
  | 'piece-length'
  /** Not as many hashes as the lengths ask for. */
  | 'pieces'
  /** A path that leaves the folder, is absolute, empty, or reserved. */
  | 'path'
  /** Two files of one name. */
  | 'duplicate-path'
  /** Only the version 2 structure (BEP 52). */
  | 'v2-only'
  /** Metadata from a peer whose SHA-1 is not the info hash it was asked for by (BEP 9). */
  | 'info-hash'

/** Why an invite is not taken. */
export type InviteProblem =
  /** No invite, or not all of one. */
  | 'format'
  /** Not signed by whom it names. */
  | 'signature'
  | 'expired'
  | 'not-yet'
  /** Made by a newer version. */
  | 'newer'
  /** Meant for another peer. */
  | 'bound'
  /** Options out of range when one is made. */
  | 'options'

/** Why a passphrase does not open a swarm. */
export type PassphraseProblem =
  | 'missing'
  /** Another one is right. */
  | 'wrong'
  /** Too many guesses: not now. */
  | 'later'
  /** Too short to protect anything, when a swarm is made. */
  | 'weak'

/** Why a file with an identity was not written or not taken. */
export type IdentityProblem =
  /** Not such a file, or not all of one. */
  | 'format'
  /** Written by a newer version. */
  | 'newer'
  /** The passphrase is another one, or the file was changed. */
  | 'passphrase'
  /** Too short to protect a key. */
  | 'weak-passphrase'

/** The lists of addresses in the settings. */
export type AddressKind = 'relay' | 'tracker' | 'ice-server'

export type AddressProblem =
  /** Not of the form that such an address has. */
  | 'form'
  /** A TURN server without a name and a password: browsers take none. */
  | 'credential'
  /** Beyond the most that are of use. */
  | 'too-many'

export type TrackerProblem = 'unreachable' | 'refused' | 'silent' | 'malformed'

/** The errors of one area: `ErrorIn<'storage'>` is what a `PieceStore` may answer. */
export type ErrorIn<Area extends string> = Extract<EngineError, { kind: `${Area}/${string}` }>

/** What survives of a thrown value once it is cloned to another thread. */
export interface Cause {
  readonly name: string
  readonly message: string
  readonly stack?: string
}

export function toCause(thrown: unknown): Cause {
  if (!(thrown instanceof Error)) return { name: 'NonError', message: String(thrown) }
  const { name, message, stack } = thrown
  return stack === undefined ? { name, message } : { name, message, stack }
}
