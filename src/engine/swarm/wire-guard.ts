import type { WireGeometry } from '../contracts/torrent-client.ts'
import { bytesOfHex, type InfoHash } from '../model/ids.ts'
import { err, ok, type Result } from '../model/result.ts'
import type { Bytes, Millis } from '../model/units.ts'
import { makeFrameJudge, WIRE_LIMITS, type WireLimits } from './frame-judge.ts'
import { HANDSHAKE_LENGTH, LENGTH_PREFIX, uint32At } from './wire-message.ts'
import { wireProblem, type FrameVerdict, type WireProblem } from './wire-problem.ts'

export interface WireGuardSpec {
  /** What the peer's handshake has to name. */
  readonly infoHash: InfoHash
  /** The name we gave to this number of an extension in our handshake (BEP 10). */
  readonly extension: (number: number) => string | undefined
  readonly limits?: Partial<WireLimits>
  readonly now?: () => Millis
}

/**
 * Stands before the parser of every wire. That parser takes frames of any length, joins what it
 * has with what it gets at every chunk, and believes all numbers; behind the guard it gets whole
 * frames that make sense, and its own buffer stays empty.
 */
export interface WireGuard {
  /**
   * Takes the bytes of one message of the channel, cut anywhere, and hands back those that may
   * go on, in chunks that end where a frame ends. They are views of `bytes` where frames lie in
   * it whole; a frame that spans messages is put together once, in a buffer of its own, of the
   * length its head says and that its kind allows.
   *
   * After a problem the peer is done: everything later has the same answer.
   */
  push(bytes: Uint8Array): Result<readonly Uint8Array[], WireProblem>
  /** What we send, in order, cut anywhere: it decides what the peer may answer. */
  noteOutbound(chunk: Uint8Array): void
  /** The sizes of the torrent are known now. What came before must fit, or the next push fails. */
  know(geometry: WireGeometry): void
}

const PROTOCOL = new TextEncoder().encode('\x13BitTorrent protocol')
const INFO_HASH_AT: Bytes = 28

/** `frameLength` cannot say yet. */
const UNKNOWN = 0

export function makeWireGuard(spec: WireGuardSpec): WireGuard {
  const { infoHash, extension, limits, now = () => performance.now() } = spec
  const judge = makeFrameJudge({ extension, limits: { ...WIRE_LIMITS, ...limits }, now })
  const expectedHash = bytesOfHex(infoHash)
  let shaken = false
  let problem: WireProblem | null = null

  /** The beginning of a frame that is too short to tell how long the frame is. */
  const head = new Uint8Array(LENGTH_PREFIX + 1)
  let headLength = 0
  /** A frame of which some bytes have not come yet. */
  let begun: Uint8Array | null = null
  let begunLength = 0

  /** The whole frame at `at`, its length prefix counted; `UNKNOWN` while too little is there. */
  function frameLength(bytes: Uint8Array, at: number, end: number): Bytes | WireProblem {
    if (!shaken) return handshakeLength(bytes, at, end)
    if (end - at < LENGTH_PREFIX) return UNKNOWN
    const length = uint32At(bytes, at)
    if (length === 0) return LENGTH_PREFIX
    if (end - at === LENGTH_PREFIX) return UNKNOWN
    const kind = bytes[at + LENGTH_PREFIX]!
    if (judge.fits(kind, length)) return LENGTH_PREFIX + length
    return wireProblem('length', `kind ${kind}, ${length} bytes`)
  }

  function judgeFrame(bytes: Uint8Array, at: number, length: Bytes): FrameVerdict {
    if (!shaken) {
      shaken = true
      return expectedHash.every((byte, nth) => byte === bytes[at + INFO_HASH_AT + nth])
        ? 'pass'
        : wireProblem('handshake', 'another info hash')
    }
    if (length === LENGTH_PREFIX) return judge.keepAlive()
    return judge.judge(bytes, at + LENGTH_PREFIX, length - LENGTH_PREFIX)
  }

  /** Goes on with the frame that earlier messages began. Says how many bytes of this one it took. */
  function finish(bytes: Uint8Array, passed: Uint8Array[]): number | WireProblem {
    let at = 0
    while (begun === null) {
      if (at === bytes.length) return at
      head[headLength++] = bytes[at++]!
      const length = frameLength(head, 0, headLength)
      if (typeof length !== 'number') return length
      if (length !== UNKNOWN) keep(head.subarray(0, headLength), length)
    }
    const taken = Math.min(begun.length - begunLength, bytes.length - at)
    begun.set(bytes.subarray(at, at + taken), begunLength)
    begunLength += taken
    if (begunLength < begun.length) return at + taken
    const frame = begun
    begun = null
    const verdict = judgeFrame(frame, 0, frame.length)
    if (typeof verdict !== 'string') return verdict
    if (verdict === 'pass') passed.push(frame)
    return at + taken
  }

  /** Copies the beginning of a frame, to go on with when more of it comes. */
  function keep(rest: Uint8Array, length: Bytes): void {
    if (length === UNKNOWN) {
      head.set(rest)
      headLength = rest.length
      return
    }
    begun = new Uint8Array(length)
    begun.set(rest)
    begunLength = rest.length
    headLength = 0
  }

  /** Hands on the frames that lie in the message whole, and begins the one that does not. */
  function scan(bytes: Uint8Array, from: number, passed: Uint8Array[]): WireProblem | null {
    const end = bytes.length
    let at = from
    /** Where the frames begin that go on together. */
    let start = from
    const handOn = () => {
      if (at === start) return
      passed.push(start === 0 && at === end ? bytes : bytes.subarray(start, at))
    }
    while (at < end) {
      const length = frameLength(bytes, at, end)
      if (typeof length !== 'number') return length
      if (length === UNKNOWN || at + length > end) {
        handOn()
        keep(bytes.subarray(at), length)
        return null
      }
      const verdict = judgeFrame(bytes, at, length)
      if (typeof verdict !== 'string') return verdict
      if (verdict === 'drop') {
        handOn()
        start = at + length
      }
      at += length
    }
    handOn()
    return null
  }

  function take(bytes: Uint8Array, passed: Uint8Array[]): WireProblem | null {
    if (begun === null && headLength === 0) return scan(bytes, 0, passed)
    const taken = finish(bytes, passed)
    return typeof taken === 'number' ? scan(bytes, taken, passed) : taken
  }

  return {
    push(bytes) {
      const passed: Uint8Array[] = []
      problem ??= take(bytes, passed)
      return problem === null ? ok(passed) : err(problem)
    },

    noteOutbound: (chunk) => judge.noteOutbound(chunk),

    know(geometry) {
      problem ??= judge.know(geometry)
    },
  }
}

/** A wrong byte is a problem as soon as it is there. */
function handshakeLength(bytes: Uint8Array, at: number, end: number): Bytes | WireProblem {
  const seen = Math.min(PROTOCOL.length, end - at)
  for (let nth = 0; nth < seen; nth++) {
    if (bytes[at + nth] !== PROTOCOL[nth]) return wireProblem('handshake', 'not BitTorrent')
  }
  return HANDSHAKE_LENGTH
}
