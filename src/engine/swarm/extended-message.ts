import { decode, decodePrefix, type BencodedDictionary, type BencodeLimits } from '../bencode.ts'
import { BLOCK_LENGTH, type Bytes } from '../model/units.ts'
import { MAX_METAINFO_LENGTH } from '../parse-metainfo.ts'
import { uint32At } from './wire-message.ts'
import { wireProblem, type FrameVerdict } from './wire-problem.ts'

export interface ExtendedJudgeSpec {
  /** What we called a number in our handshake; undefined for one we never gave. */
  readonly extension: (number: number) => string | undefined
  /** Whether the torrent has such a piece. */
  readonly hasPiece: (piece: number) => boolean
}

/** Handshakes of one wire: the first, and a few that take back or add extensions (BEP 10). */
const MAX_HANDSHAKES = 4
/** Extensions a peer may name. Those with the most know about fifteen. */
const MAX_EXTENSIONS = 64
const MAX_CLIENT_NAME_LENGTH: Bytes = 256
/** What a dictionary of a handshake may hold in all; honest ones have about fifty values and keys. */
const HANDSHAKE_LIMITS: BencodeLimits = { maxDepth: 4, maxTokens: 512 }
const METADATA_LIMITS: BencodeLimits = { maxDepth: 1, maxTokens: 16 }

/** Metadata travels in pieces of this length (BEP 9). */
const METADATA_PIECE_LENGTH: Bytes = BLOCK_LENGTH
const MAX_METADATA_PIECES = Math.ceil(MAX_METAINFO_LENGTH / METADATA_PIECE_LENGTH)
/** `ut_metadata` asks again after a failed hash or a refusal, up to twice for each piece. */
const MAX_METADATA_ROUNDS = 4

const METADATA_REQUEST = 0
const METADATA_DATA = 1
const METADATA_REJECT = 2
const METADATA_KEYS = ['msg_type', 'piece', 'total_size']

/**
 * Judges the extended messages (BEP 10) of one peer, in order.
 *
 * Behind it stand decoders that loop for ever on `l-3:e`, set prototypes by `__proto__` and throw
 * out of their stream on a metadata piece that is out of range, all before anybody is known.
 * So what passes is not merely harmless to a good decoder: it is such that a lax one reads the
 * same in it as we did.
 *
 * @returns a function of the message without length and kind: number, then payload
 */
export function makeExtendedJudge(spec: ExtendedJudgeSpec): (message: Uint8Array) => FrameVerdict {
  let handshakes = 0
  let metadataSize: Bytes | null = null
  let metadataPieces = 0

  function judgeHandshake(payload: Uint8Array): FrameVerdict {
    handshakes += 1
    if (handshakes > MAX_HANDSHAKES) return wireProblem('flood', 'extended handshakes')
    const decoded = decode(payload, HANDSHAKE_LIMITS)
    if (!decoded.ok) return wireProblem('bencode', `extended handshake: ${decoded.error}`)
    const dictionary = decoded.value.value
    if (!isDictionary(dictionary)) return wireProblem('extended', 'handshake is no dictionary')
    if (![...dictionary.keys()].every(isPlainKey)) return wireProblem('extended', 'odd key')

    const names = dictionary.get('m')
    if (names !== undefined && !areExtensions(names)) return wireProblem('extended', 'names')
    const queue = dictionary.get('reqq')
    if (queue !== undefined && !isIntegerIn(queue, 1, 2 ** 31)) {
      return wireProblem('extended', 'reqq')
    }
    const client = dictionary.get('v')
    if (client !== undefined && !isShortText(client)) return wireProblem('extended', 'client name')

    const size = dictionary.get('metadata_size')
    // Peers without the metadata say 0, or nothing.
    if (size === undefined || size === 0) return 'pass'
    if (!isIntegerIn(size, 1, MAX_METAINFO_LENGTH)) return wireProblem('extended', 'metadata size')
    if (metadataSize !== null && metadataSize !== size) {
      return wireProblem('extended', 'metadata size changed')
    }
    // Only together does `ut_metadata` make room for what is to come.
    if (names !== undefined && isDictionary(names) && Number(names.get('ut_metadata')) > 0) {
      metadataSize = size
    }
    return 'pass'
  }

  function judgeMetadata(payload: Uint8Array): FrameVerdict {
    const decoded = decodePrefix(payload, METADATA_LIMITS)
    if (!decoded.ok) return wireProblem('bencode', `metadata: ${decoded.error}`)
    const { value: dictionary, end } = decoded.value
    if (!isDictionary(dictionary)) return wireProblem('extended', 'metadata is no dictionary')
    const piece = dictionary.get('piece')
    const kind = dictionary.get('msg_type')
    // `ut_metadata` looks for the end of the dictionary by the first two `e`s in a row. Numbers
    // under these keys are what it understands; what else may come one day it could not read.
    for (const [key, value] of dictionary) {
      if (!METADATA_KEYS.includes(key) || typeof value !== 'number') return 'drop'
    }
    // BEP 9: unknown kinds are ignored.
    if (!isIntegerIn(kind, METADATA_REQUEST, METADATA_REJECT)) return 'drop'
    if (!isIntegerIn(piece, 0, MAX_METADATA_PIECES - 1)) return wireProblem('range', 'metadata')
    if (kind === METADATA_DATA) return judgeMetadataPiece(piece, payload.length - end)
    const answerable = kind === METADATA_REQUEST || metadataSize !== null
    return answerable && end === payload.length ? 'pass' : 'drop'
  }

  function judgeMetadataPiece(piece: number, length: Bytes): FrameVerdict {
    if (metadataSize === null) return wireProblem('unsolicited', 'metadata of no size')
    const count = Math.ceil(metadataSize / METADATA_PIECE_LENGTH)
    if (piece >= count) return wireProblem('range', 'metadata')
    const left = metadataSize - piece * METADATA_PIECE_LENGTH
    if (length !== Math.min(METADATA_PIECE_LENGTH, left)) return wireProblem('length', 'metadata')
    metadataPieces += 1
    return metadataPieces > count * MAX_METADATA_ROUNDS ? wireProblem('flood', 'metadata') : 'pass'
  }

  function judgeDontHave(payload: Uint8Array): FrameVerdict {
    if (payload.length !== 4) return wireProblem('length', 'lt_donthave')
    return spec.hasPiece(uint32At(payload, 0)) ? 'pass' : wireProblem('range', 'lt_donthave')
  }

  return (message) => {
    const number = message[0]!
    const payload = message.subarray(1)
    if (number === 0) return judgeHandshake(payload)
    switch (spec.extension(number)) {
      case undefined:
        return 'drop'
      case 'ut_metadata':
        return judgeMetadata(payload)
      case 'lt_donthave':
        return judgeDontHave(payload)
      default:
        return 'pass' // An extension of ours, with a judge of its own.
    }
  }
}

function isDictionary(value: unknown): value is BencodedDictionary {
  return value instanceof Map
}

function isIntegerIn(value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && value >= least && value <= most
}

function isShortText(value: unknown): boolean {
  return value instanceof Uint8Array && value.length <= MAX_CLIENT_NAME_LENGTH
}

/**
 * Keys that every decoder reads as they are. Others make text of them: a byte order mark then
 * vanishes, and the key is suddenly another one.
 */
function isPlainKey(key: string): boolean {
  return key !== '__proto__' && /^[\x20-\x7e]*$/.test(key)
}

function areExtensions(names: unknown): boolean {
  if (!isDictionary(names) || names.size > MAX_EXTENSIONS) return false
  for (const [name, number] of names) {
    if (!isPlainKey(name) || !isIntegerIn(number, 0, 255)) return false
  }
  return true
}
