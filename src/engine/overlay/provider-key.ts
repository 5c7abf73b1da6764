import { sha256 } from '@noble/hashes/sha2.js'
import { bytesOfHex, type InfoHash } from '../model/ids.ts'
import { PROVIDER_KEY_PREFIX } from '../model/overlay-ids.ts'

/**
 * Under what the peers of a public torrent are found: a SHA-256, because the DHT loses the 20 bytes
 * of an info hash without a word. Whoever knows the info hash knows the key.
 */
export function providerKeyOf(infoHash: InfoHash): Uint8Array<ArrayBuffer> {
  const prefix = new TextEncoder().encode(PROVIDER_KEY_PREFIX)
  const hash = bytesOfHex(infoHash)
  const text = new Uint8Array(prefix.length + hash.length)
  text.set(prefix)
  text.set(hash, prefix.length)
  return new Uint8Array(sha256(text))
}
