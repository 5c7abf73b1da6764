import { chacha20poly1305 } from '@noble/ciphers/chacha.js'
import { sha256 } from '@noble/hashes/sha2.js'
import type { PeerId, SwarmId } from '../model/ids.ts'
import type { Bytes } from '../model/units.ts'
import {
  CONFIRMATION_LENGTH,
  SHARE_LENGTH,
  startCPace,
  type CPaceInputs,
  type CPaceKeys,
} from './cpace.ts'
import { joined, lengthValue } from './length-value.ts'

/** What those inside share, whatever let them in. */
export const SWARM_KEY_LENGTH: Bytes = 16
/** Each side's part in what makes a run unlike any other. */
export const MIN_NONCE_LENGTH: Bytes = 16

/** What both sides know before the first message. */
export interface PakeFacts {
  readonly swarm: SwarmId
  /** Ourselves. */
  readonly self: PeerId
  /** Whom Noise showed to be at the other end. */
  readonly other: PeerId
  /** What Argon2id made of the passphrase. */
  readonly prs: Uint8Array
  /** Fresh ones of both sides, at least `MIN_NONCE_LENGTH` each. */
  readonly nonces: { readonly asking: Uint8Array; readonly answering: Uint8Array }
}

/** What became of a message. Nothing may be heard after any but `next`. */
export type PakeAskerStep =
  | { readonly name: 'next'; readonly message: Uint8Array<ArrayBuffer> }
  /** The other side knows the passphrase too, and this is the key of those inside. */
  | { readonly name: 'right'; readonly swarmKey: Uint8Array<ArrayBuffer> }
  /** The passphrases differ, or somebody changed what was said. */
  | { readonly name: 'wrong' }
  /** No message of this run. */
  | { readonly name: 'malformed' }

export type PakeAnswererStep =
  | { readonly name: 'next'; readonly message: Uint8Array<ArrayBuffer> }
  /** The other side has shown that it knows the passphrase; the message is the last one to it. */
  | { readonly name: 'right'; readonly message: Uint8Array<ArrayBuffer> }
  | { readonly name: 'wrong' }
  | { readonly name: 'malformed' }

export interface PakeAsker {
  /** What begins the run. */
  readonly first: Uint8Array<ArrayBuffer>
  /**
   * True once the other side was given something to try one passphrase against. A refusal before
   * that says nothing about ours; after it ours is wrong, or theirs is.
   */
  readonly hasGuessed: boolean
  hear(message: Uint8Array): PakeAskerStep
}

export interface PakeAnswerer {
  hear(message: Uint8Array): PakeAnswererStep
}

/** The first byte of each message, in the order they are said. */
const ASKED = 1
const ANSWERED = 2
const ASKER_CONFIRMS = 3
const ANSWERER_CONFIRMS = 4

const PROTOCOL = 'chiral-keyed/1'
const TAG_LENGTH: Bytes = 16
/** The key seals one message of one run. */
const NO_NONCE = new Uint8Array(12)

const MALFORMED = { name: 'malformed' } as const
const WRONG = { name: 'wrong' } as const

/**
 * Who knows the passphrase and wants in. One run tries one passphrase, and there is no second one
 * in it: whatever comes out of order or out of shape ends it.
 *
 * The asking side confirms first. So the answering side has told nothing that a passphrase could be
 * tried against until it has seen that the other one knows it, and a run that is broken off was no
 * guess. The asking side takes the risk instead: whoever answers it can try one passphrase.
 */
export function makePakeAsker(facts: PakeFacts): PakeAsker {
  const run = startCPace(pakeInputs(facts, facts.self, facts.other), 'initiator')
  let keys: CPaceKeys | null = null
  let isOver = false

  const onShare = (share: Uint8Array): PakeAskerStep => {
    keys = run.agree(share)
    if (keys === null) return MALFORMED
    return { name: 'next', message: messageOf(ASKER_CONFIRMS, keys.confirmation) }
  }
  const onConfirmation = (keys: CPaceKeys, body: Uint8Array): PakeAskerStep => {
    if (!keys.isConfirmedBy(body.subarray(0, CONFIRMATION_LENGTH))) return WRONG
    const swarmKey = opened(keys, body.subarray(CONFIRMATION_LENGTH))
    return swarmKey === null ? WRONG : { name: 'right', swarmKey }
  }

  return {
    first: messageOf(ASKED, run.share),
    get hasGuessed() {
      return keys !== null
    },
    hear(message) {
      if (isOver) return MALFORMED
      const body = bodyOf(message, keys === null ? ANSWERED : ANSWERER_CONFIRMS)
      const step =
        body === null ? MALFORMED : keys === null ? onShare(body) : onConfirmation(keys, body)
      isOver = step.name !== 'next'
      return step
    },
  }
}

/** Who is inside and is asked. Tells the swarm's key to whoever shows that they know the passphrase. */
export function makePakeAnswerer(
  facts: PakeFacts & { readonly swarmKey: Uint8Array },
): PakeAnswerer {
  if (facts.swarmKey.length !== SWARM_KEY_LENGTH) throw new Error('a swarm key has 16 bytes')
  let keys: CPaceKeys | null = null
  let isOver = false

  const onShare = (share: Uint8Array): PakeAnswererStep => {
    const run = startCPace(pakeInputs(facts, facts.other, facts.self), 'responder')
    keys = run.agree(share)
    return keys === null ? MALFORMED : { name: 'next', message: messageOf(ANSWERED, run.share) }
  }
  const onConfirmation = (keys: CPaceKeys, confirmation: Uint8Array): PakeAnswererStep => {
    if (!keys.isConfirmedBy(confirmation)) return WRONG
    const sealed = cipherOf(keys).encrypt(facts.swarmKey)
    return { name: 'right', message: messageOf(ANSWERER_CONFIRMS, keys.confirmation, sealed) }
  }

  return {
    hear(message) {
      if (isOver) return MALFORMED
      const body = bodyOf(message, keys === null ? ASKED : ASKER_CONFIRMS)
      const step =
        body === null ? MALFORMED : keys === null ? onShare(body) : onConfirmation(keys, body)
      isOver = step.name !== 'next'
      return step
    },
  }
}

/**
 * What CPace is run over. Both names are in the channel identifier, the asking one first: a message
 * carried to a run of others, or back to whoever sent it, agrees with nobody. All of it but `prs` is
 * known to whoever knows the swarm's id and sees the nonces.
 */
export function pakeInputs(
  { swarm, prs, nonces }: PakeFacts,
  asking: PeerId,
  answering: PeerId,
): CPaceInputs {
  if (Math.min(nonces.asking.length, nonces.answering.length) < MIN_NONCE_LENGTH) {
    throw new Error(`a nonce has at least ${MIN_NONCE_LENGTH} bytes`)
  }
  return {
    prs,
    ci: lengthValue(PROTOCOL, swarm, asking, answering),
    sid: sha256(lengthValue(PROTOCOL, 'sid', nonces.asking, nonces.answering)),
    ada: lengthValue(PROTOCOL, 'asking'),
    adb: lengthValue(PROTOCOL, 'answering'),
  }
}

const LENGTHS: Readonly<Record<number, Bytes>> = {
  [ASKED]: SHARE_LENGTH,
  [ANSWERED]: SHARE_LENGTH,
  [ASKER_CONFIRMS]: CONFIRMATION_LENGTH,
  [ANSWERER_CONFIRMS]: CONFIRMATION_LENGTH + SWARM_KEY_LENGTH + TAG_LENGTH,
}

function messageOf(kind: number, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return joined([Uint8Array.of(kind), ...parts])
}

/** `null` for any other message than the one that is due. */
function bodyOf(message: Uint8Array, kind: number): Uint8Array | null {
  const isDue = message[0] === kind && message.length === 1 + LENGTHS[kind]!
  return isDue ? message.subarray(1) : null
}

function cipherOf(keys: CPaceKeys) {
  return chacha20poly1305(keys.exportKey('swarm key', 32), NO_NONCE)
}

function opened(keys: CPaceKeys, sealed: Uint8Array): Uint8Array<ArrayBuffer> | null {
  try {
    return new Uint8Array(cipherOf(keys).decrypt(sealed))
  } catch {
    return null
  }
}
