import * as v from 'valibot'
import { bytesOfHex, hexOf, isInfoHash, type InfoHash, type WirePeerId } from '../model/ids.ts'
import { MAX_CANDIDATE_LENGTH, type IceCandidate } from '../model/rtc-state.ts'
import { KIB, type Bytes } from '../model/units.ts'
import { frame } from './frames.ts'
import { decodeStrict, encodeStrict } from '../strict-cbor.ts'

/**
 * What is said on `/chiral/signal/1.0.0` and, before the wire begins, on `/chiral/wire/1.0.0`: maps
 * of CBOR, each behind its length. The stream is authenticated, so the fingerprints in the
 * descriptions bind the data channel to the peer id.
 */
export type SignalMessage =
  | {
      readonly type: 'offer'
      readonly infoHash: InfoHash
      readonly wirePeerId: WirePeerId
      readonly sdp: string
    }
  | { readonly type: 'answer'; readonly wirePeerId: WirePeerId; readonly sdp: string }
  /** Null after the last. */
  | { readonly type: 'candidate'; readonly candidate: IceCandidate | null }
  /** May we speak BitTorrent on this very stream, for want of a better road? */
  | { readonly type: 'wire'; readonly infoHash: InfoHash; readonly wirePeerId: WirePeerId }
  | { readonly type: 'accept'; readonly wirePeerId: WirePeerId }
  | { readonly type: 'refuse'; readonly reason: Refusal }
  /** The channel is open, or there is none to come: nothing more is said. */
  | { readonly type: 'close' }

export type Refusal = (typeof REFUSALS)[number]

const REFUSALS = [
  /** Not shared here, or not with you: a peer is not told which. */
  'unknown-torrent',
  /** Too many at once. */
  'busy',
  /** We are connected already. */
  'duplicate',
  /** Our own offer to you was first. */
  'glare',
  /** We say to nobody where we are: a wire through a relay may be asked for. */
  'no-direct',
  'malformed',
] as const

/** Longest frame. Our descriptions have about 500 bytes, with ten candidates in them 2 KiB. */
export const MAX_SIGNAL_LENGTH: Bytes = 16 * KIB
const MAX_SDP_LENGTH: Bytes = 12 * KIB
/** The 20 bytes of an info hash or of a wire peer id. */
const ID_LENGTH: Bytes = 20

const id = v.pipe(
  v.instance(Uint8Array),
  v.check((bytes) => bytes.length === ID_LENGTH),
)
const sdp = v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_SDP_LENGTH))
const line = v.pipe(v.string(), v.maxLength(MAX_CANDIDATE_LENGTH))

const message = v.variant('type', [
  v.strictObject({ type: v.literal('offer'), infoHash: id, wirePeerId: id, sdp }),
  v.strictObject({ type: v.literal('answer'), wirePeerId: id, sdp }),
  v.strictObject({
    type: v.literal('candidate'),
    candidate: v.nullable(
      v.strictObject({
        candidate: line,
        sdpMid: v.nullable(line),
        sdpMLineIndex: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255))),
        usernameFragment: v.nullable(line),
      }),
    ),
  }),
  v.strictObject({ type: v.literal('wire'), infoHash: id, wirePeerId: id }),
  v.strictObject({ type: v.literal('accept'), wirePeerId: id }),
  v.strictObject({ type: v.literal('refuse'), reason: v.picklist(REFUSALS) }),
  v.strictObject({ type: v.literal('close') }),
])

/** The message as one frame. */
export function signalFrame(said: SignalMessage): Uint8Array<ArrayBuffer> {
  return frame(encodeStrict(plain(said)))
}

/** What a frame says; null when it says nothing we know. */
export function readSignal(bytes: Uint8Array): SignalMessage | null {
  const parsed = v.safeParse(message, decodeStrict(bytes, MAX_SIGNAL_LENGTH))
  if (!parsed.success) return null
  const said = parsed.output
  switch (said.type) {
    case 'offer':
    case 'wire':
      return { ...said, infoHash: infoHashOf(said.infoHash), wirePeerId: wireIdOf(said.wirePeerId) }
    case 'answer':
    case 'accept':
      return { ...said, wirePeerId: wireIdOf(said.wirePeerId) }
    case 'candidate':
    case 'refuse':
    case 'close':
      return said
  }
}

function plain(said: SignalMessage): object {
  switch (said.type) {
    case 'offer':
    case 'wire':
      return {
        ...said,
        infoHash: bytesOfHex(said.infoHash),
        wirePeerId: bytesOfHex(said.wirePeerId),
      }
    case 'answer':
    case 'accept':
      return { ...said, wirePeerId: bytesOfHex(said.wirePeerId) }
    case 'candidate':
      return { type: said.type, candidate: said.candidate && candidateOf(said.candidate) }
    case 'refuse':
    case 'close':
      return said
  }
}

/** Every field is there, so that each side reads the same. */
function candidateOf(given: IceCandidate): Required<IceCandidate> {
  const { candidate, sdpMid = null, sdpMLineIndex = null, usernameFragment = null } = given
  return { candidate, sdpMid, sdpMLineIndex, usernameFragment }
}

function infoHashOf(bytes: Uint8Array): InfoHash {
  const text = hexOf(bytes)
  if (!isInfoHash(text)) throw new Error('20 bytes are an info hash')
  return text
}

function wireIdOf(bytes: Uint8Array): WirePeerId {
  return hexOf(bytes) as WirePeerId // of 20 bytes, which the schema counted
}
