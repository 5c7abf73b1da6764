import { sha256 } from '@noble/hashes/sha2.js'
import { wordlist } from '@scure/bip39/wordlists/english.js'
import type { PeerWords } from '../model/engine-state.ts'
import type { PeerId } from '../model/ids.ts'

/** The list has 2048 words. */
const BITS = 11

/**
 * Three words for a peer id, to be compared by voice: the first 33 bits of its SHA-256, eleven
 * for each word of BIP 39's English list. Enough to tell the people one knows apart, not enough
 * to trust: somebody who tries ten thousand million keys finds one with the same words.
 */
export function wordsOf(peerId: PeerId): PeerWords {
  const digest = new DataView(sha256(new TextEncoder().encode(peerId)).buffer)
  const bits = digest.getBigUint64(0)
  const word = (nth: number): string => {
    const index = Number((bits >> BigInt(64 - BITS * (nth + 1))) & 0x7ffn)
    return wordlist[index] ?? ''
  }
  return [word(0), word(1), word(2)]
}
