import { ristretto255, ristretto255_hasher } from '@noble/curves/ed25519.js'
import { equalBytes } from '@noble/curves/utils.js'
import { hkdf } from '@noble/hashes/hkdf.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha512 } from '@noble/hashes/sha2.js'
import type { Bytes } from '../model/units.ts'
import { joined, lengthValue } from './length-value.ts'

/** A share: a ristretto255 element in its one encoding (RFC 9496). */
export const SHARE_LENGTH: Bytes = 32
/** A confirmation: HMAC-SHA-512. */
export const CONFIRMATION_LENGTH: Bytes = 64

export type CPaceRole = 'initiator' | 'responder'

/** What both sides must have the same view of. All of it but `prs` may be known to anybody. */
export interface CPaceInputs {
  /** Password-related string. */
  readonly prs: Uint8Array
  /** Channel identifier: who speaks with whom about what. */
  readonly ci: Uint8Array
  /** Session identifier: never the same twice. */
  readonly sid: Uint8Array
  readonly ada: Uint8Array
  readonly adb: Uint8Array
}

/** One side of one run. Its scalar is used for this run only. */
export interface CPaceRun {
  /** To be sent. */
  readonly share: Uint8Array<ArrayBuffer>
  /**
   * What both sides share if they agree in every input. `null` when the other's share is no element
   * or the neutral one; the run is over then. To be called once.
   */
  agree(theirs: Uint8Array): CPaceKeys | null
}

/** Everything made from the intermediate session key, which itself is shown to nobody. */
export interface CPaceKeys {
  /** What this side sends to show that it holds the key. */
  readonly confirmation: Uint8Array<ArrayBuffer>
  /** Whether the other side has shown it; in constant time. */
  isConfirmedBy(theirs: Uint8Array): boolean
  /** A key of its own for each label. */
  exportKey(label: string, length: Bytes): Uint8Array<ArrayBuffer>
}

/** Of draft-irtf-cfrg-cpace, cipher suite CPACE-RISTR255-SHA512. */
const DSI = 'CPaceRistretto255'
const DSI_ISK = `${DSI}_ISK`
/** Input block of SHA-512: the padding keeps `prs` alone in the first one. */
const BLOCK: Bytes = 128
/** More than twice the order's, so that a remainder is uniform (RFC 9380 §5.1). */
const WIDE: Bytes = 64

const { Point } = ristretto255
type Element = InstanceType<typeof Point>

/**
 * One side of CPace in the initiator-responder setting: a balanced PAKE, in which whoever listens
 * learns nothing that a password could be tried against, and whoever takes part can try one.
 *
 * Not safe from somebody who measures this machine's own time and caches: numbers of JavaScript
 * are not made for that. Every run has its own generator and scalar, which leaves little to average.
 *
 * @param scalar for the published test vectors; left out, a fresh one
 */
export function startCPace(
  inputs: CPaceInputs,
  role: CPaceRole,
  scalar: bigint = sampleScalar(),
): CPaceRun {
  const { sid, ada, adb } = inputs
  const share = bytesOf(generatorOf(inputs).multiply(scalar))

  return {
    share,
    agree(theirs) {
      const k = scalarMultVerify(scalar, theirs)
      if (k === null) return null
      const isInitiator = role === 'initiator'
      const transcript = isInitiator
        ? lengthValue(share, ada, theirs, adb)
        : lengthValue(theirs, ada, share, adb)
      return keysOf(intermediateKey(sid, k, transcript), sid, transcript, role)
    },
  }
}

/** What the generator is made of. */
type GeneratorInputs = Pick<CPaceInputs, 'prs' | 'ci' | 'sid'>

/** `calculate_generator`: an element whose logarithm nobody knows, encoded. */
export function encodedGenerator(inputs: GeneratorInputs): Uint8Array<ArrayBuffer> {
  return bytesOf(generatorOf(inputs))
}

/** `generator_string` of the draft. */
export function generatorString({ prs, ci, sid }: GeneratorInputs): Uint8Array<ArrayBuffer> {
  const padding = Math.max(0, BLOCK - 1 - lengthValue(prs).length - lengthValue(DSI).length)
  return lengthValue(DSI, prs, new Uint8Array(padding), ci, sid)
}

/** `scalar_mult_vfy`; `null` stands for the neutral element and for what is no element. */
export function scalarMultVerify(
  scalar: bigint,
  share: Uint8Array,
): Uint8Array<ArrayBuffer> | null {
  if (share.length !== SHARE_LENGTH) return null
  let element: Element
  try {
    element = Point.fromBytes(share)
  } catch {
    return null
  }
  return element.is0() ? null : bytesOf(element.multiply(scalar))
}

/** The ISK of the initiator-responder setting. */
export function intermediateKey(
  sid: Uint8Array,
  k: Uint8Array,
  transcript: Uint8Array,
): Uint8Array<ArrayBuffer> {
  return new Uint8Array(sha512(joined([lengthValue(DSI_ISK, sid, k), transcript])))
}

/** What is made of an ISK, for one of the two sides. */
export function keysOf(
  isk: Uint8Array,
  sid: Uint8Array,
  transcript: Uint8Array,
  role: CPaceRole,
): CPaceKeys {
  const derive = (label: string, length: Bytes) =>
    new Uint8Array(hkdf(sha512, isk, sid, new TextEncoder().encode(label), length))
  // A key for each direction: what was said by one side means nothing in the other's mouth.
  const confirmationBy = (of: CPaceRole) =>
    new Uint8Array(
      hmac(sha512, derive(`confirmation of the ${of}`, CONFIRMATION_LENGTH), transcript),
    )

  return {
    confirmation: confirmationBy(role),
    isConfirmedBy: (theirs) =>
      equalBytes(theirs, confirmationBy(role === 'initiator' ? 'responder' : 'initiator')),
    exportKey: (label, length) => derive(`export ${label}`, length),
  }
}

function generatorOf(inputs: GeneratorInputs): Element {
  // Always there for ristretto255; only groups without such a map leave it out.
  return ristretto255_hasher.deriveToCurve!(sha512(generatorString(inputs)))
}

/** Uniform, from 1 to the order less one. */
function sampleScalar(): bigint {
  const wide = crypto.getRandomValues(new Uint8Array(WIDE))
  let value = 0n
  for (const byte of wide) value = (value << 8n) | BigInt(byte)
  wide.fill(0)
  return (value % (Point.Fn.ORDER - 1n)) + 1n
}

function bytesOf(element: Element): Uint8Array<ArrayBuffer> {
  return new Uint8Array(element.toBytes())
}
