import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import type { Ed25519PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { isPeerId, type PeerId } from '../model/ids.ts'

/** The key pair that 32 bytes stand for (RFC 8032 §5.1.5). */
export function keyOfSeed(seed: Uint8Array): Promise<Ed25519PrivateKey> {
  return generateKeyPairFromSeed('Ed25519', seed)
}

/** What others call the owner of this key. */
export async function peerIdOfSeed(seed: Uint8Array): Promise<PeerId> {
  const text = peerIdFromPrivateKey(await keyOfSeed(seed)).toString()
  if (!isPeerId(text)) throw new Error('the peer id of an Ed25519 key has another form')
  return text
}
