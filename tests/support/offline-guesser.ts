import { ristretto255 } from '@noble/curves/ed25519.js'
import { sha256, sha512 } from '@noble/hashes/sha2.js'
import {
  encodedGenerator,
  intermediateKey,
  keysOf,
  startCPace,
  type CPaceInputs,
} from '../../src/engine/keyed/cpace.ts'
import { lengthValue } from '../../src/engine/keyed/length-value.ts'
import { makePakeAnswerer, makePakeAsker, pakeInputs } from '../../src/engine/keyed/pake-door.ts'
import type { PeerId, SwarmId } from '../../src/engine/model/ids.ts'

const { Point } = ristretto255

/** What somebody has who saw a whole run and knows everything but the passphrase. */
export interface Transcript {
  /** What CPace was run over, if the passphrase was this word. */
  readonly inputs: (word: string) => CPaceInputs
  readonly shareA: Uint8Array
  readonly shareB: Uint8Array
  readonly confirmationA: Uint8Array
  readonly confirmationB: Uint8Array
  readonly sealed: Uint8Array
}

export interface Scene {
  readonly swarm: SwarmId
  readonly asking: PeerId
  readonly answering: PeerId
}

/** A run of both machines with this passphrase, from beginning to end. */
export function recordRun(scene: Scene, word: string): Transcript {
  const { swarm, asking: self, answering: other } = scene
  const nonces = { asking: randomBytes(32), answering: randomBytes(32) }
  const facts = { swarm, prs: stretched(word, swarm), nonces }
  const asker = makePakeAsker({ ...facts, self, other })
  const swarmKey = randomBytes(16)
  const answerer = makePakeAnswerer({ ...facts, self: other, other: self, swarmKey })
  const share = said(answerer.hear(asker.first))
  const confirmation = said(asker.hear(share))
  const last = said(answerer.hear(confirmation))

  return {
    inputs: (word) =>
      pakeInputs({ ...facts, prs: stretched(word, swarm), self, other }, self, other),
    shareA: asker.first.subarray(1),
    shareB: share.subarray(1),
    confirmationA: confirmation.subarray(1),
    confirmationB: last.subarray(1, 65),
    sealed: last.subarray(65),
  }
}

/** The same with secret numbers of our choice: a run that is broken, for the guesser to find. */
export function recordBrokenRun(scene: Scene, word: string, a: bigint, b?: bigint): Transcript {
  const { swarm, asking: self, answering: other } = scene
  const nonces = { asking: randomBytes(32), answering: randomBytes(32) }
  const inputs = (word: string) =>
    pakeInputs({ swarm, prs: stretched(word, swarm), nonces, self, other }, self, other)
  const initiator = startCPace(inputs(word), 'initiator', a)
  const responder = startCPace(inputs(word), 'responder', b)
  const sealed = randomBytes(32)
  // Both are shares just made.
  const confirmationA = initiator.agree(responder.share)!.confirmation
  const confirmationB = responder.agree(initiator.share)!.confirmation
  return {
    inputs,
    shareA: initiator.share,
    shareB: responder.share,
    confirmationA,
    confirmationB,
    sealed,
  }
}

/** Small multiples of a generator that a share is compared with. */
const MULTIPLES = 8

/**
 * The words among these that explain the transcript better than others do, as far as can be told
 * without the logarithm of an element. Each is tried as the passphrase: whether a share is a small
 * multiple of its generator, and whether a secret point that can be made of its generator and the
 * shares, by adding and taking away, makes one of the confirmations.
 */
export function wordsThatFit(transcript: Transcript, words: readonly string[]): string[] {
  const [a, b] = sharesOf(transcript)
  return words.filter((word) => {
    const inputs = transcript.inputs(word)
    const g = Point.fromBytes(encodedGenerator(inputs))
    let multiple = Point.ZERO
    for (let times = 1; times <= MULTIPLES; times++) {
      multiple = multiple.add(g)
      if ([a, b].some((share) => share.equals(multiple) || share.equals(multiple.negate())))
        return true
    }
    const points = [g, a.add(g), b.add(g), a.subtract(g), b.subtract(g), a.add(b).subtract(g)]
    return points.some((k) => confirms(transcript, inputs, k))
  })
}

/** Whether the shares alone make the confirmations: then anybody gets in, without any word. */
export function isOpen(transcript: Transcript): boolean {
  const [a, b] = sharesOf(transcript)
  const inputs = transcript.inputs('any')
  return [Point.ZERO, a, b, a.add(b), a.subtract(b), b.subtract(a), a.double(), b.double()].some(
    (k) => confirms(transcript, inputs, k),
  )
}

function sharesOf({ shareA, shareB }: Transcript) {
  return [Point.fromBytes(shareA), Point.fromBytes(shareB)] as const
}

/** Whether one of the confirmations is what this secret point makes. */
function confirms(
  { shareA, shareB, confirmationA, confirmationB }: Transcript,
  { sid, ada, adb }: CPaceInputs,
  k: InstanceType<typeof Point>,
): boolean {
  const said = lengthValue(shareA, ada, shareB, adb)
  const isk = intermediateKey(sid, new Uint8Array(k.toBytes()), said)
  return (
    keysOf(isk, sid, said, 'responder').isConfirmedBy(confirmationA) ||
    keysOf(isk, sid, said, 'initiator').isConfirmedBy(confirmationB)
  )
}

/** What a guesser may order words by: the smaller, the more a word looks like the passphrase. */
export const HUNCHES: Readonly<
  Record<string, (generator: Uint8Array, transcript: Transcript) => number>
> = {
  'generator beside first share': (g, { shareA }) => differentBits(g, shareA),
  'generator beside second share': (g, { shareB }) => differentBits(g, shareB),
  'generator beside both shares': (g, { shareA, shareB }) =>
    differentBits(
      g,
      shareA.map((byte, at) => byte ^ shareB[at]!),
    ),
  'hash of it beside a confirmation': (g, { shareA, confirmationA }) =>
    differentBits(sha512(Uint8Array.from([...g, ...shareA])), confirmationA),
  'hash of it beside the sealed key': (g, { shareB, sealed }) =>
    differentBits(sha256(Uint8Array.from([...g, ...shareB])), sealed),
}

/** Where the true word stands, from 0, when these are ordered by each hunch; ties by chance. */
export function ranksOf(
  transcript: Transcript,
  truth: string,
  words: readonly string[],
): Record<string, number> {
  const generators = new Map(
    [truth, ...words].map((word) => [word, encodedGenerator(transcript.inputs(word))]),
  )
  return Object.fromEntries(
    Object.entries(HUNCHES).map(([name, hunch]) => {
      const score = (word: string) => hunch(generators.get(word)!, transcript) + Math.random()
      const own = score(truth)
      return [name, words.filter((word) => score(word) < own).length]
    }),
  )
}

/** How far counts are from being all alike: chi square, with one degree less than there are counts. */
export function unevenness(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
}

/**
 * The bit that is furthest from being set in half of these strings of one length, in standard
 * deviations.
 */
export function mostBiasedBit(
  strings: readonly Uint8Array[],
  skipped: readonly number[] = [],
): number {
  let worst = 0
  for (let bit = 0; bit < (strings[0]?.length ?? 0) * 8; bit++) {
    if (skipped.includes(bit)) continue
    const set = strings.filter((bytes) => ((bytes[bit >> 3]! >> (bit & 7)) & 1) === 1).length
    worst = Math.max(worst, Math.abs(set - strings.length / 2) / Math.sqrt(strings.length / 4))
  }
  return worst
}

/** A list in which the true word is found by anybody who can tell a right guess. */
export function wordList(length: number): string[] {
  return Array.from({ length }, (_, at) => `violet harbour ${at}`)
}

/** In the place of Argon2id, and free: the guesser has stretched the whole list beforehand. */
function stretched(word: string, swarm: SwarmId): Uint8Array {
  return sha256(lengthValue(word, swarm))
}

function said(step: { readonly name: string; readonly message?: Uint8Array }): Uint8Array {
  if (step.message === undefined)
    throw new Error(`a run between two who agree came to ${step.name}`)
  return step.message
}

function differentBits(a: Uint8Array, b: Uint8Array): number {
  let count = 0
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    for (let left = a[at]! ^ b[at]!; left !== 0; left &= left - 1) count++
  }
  return count
}

function randomBytes(length: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(length))
}
