import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesOfHex, type PeerId, type SwarmId } from '../model/ids.ts'
import { publicKeyOf } from '../membership/peer-keys.ts'
import { equalBytes } from '@noble/curves/utils.js'
import { lengthValue } from '../keyed/length-value.ts'

/** Who talks to whom, with what nonces: what every proof of the talk is bound to. */
export interface Meeting {
  readonly asking: PeerId
  readonly answering: PeerId
  readonly nonces: { readonly asking: Uint8Array; readonly answering: Uint8Array }
}

/**
 * Shows that we know the swarm's name, to whoever knows it too and to nobody else: the first hello
 * covers one nonce, the answer both. Whoever carries it to another peer shows nothing there.
 */
export function askingTag(
  swarm: SwarmId,
  {
    asking,
    answering,
    nonces,
  }: Omit<Meeting, 'nonces'> & { nonces: Pick<Meeting['nonces'], 'asking'> },
): Uint8Array<ArrayBuffer> {
  return tag(swarm, 'chiral-hello/1', asking, answering, nonces.asking)
}

export function answeringTag(swarm: SwarmId, meeting: Meeting): Uint8Array<ArrayBuffer> {
  const { asking, answering, nonces } = meeting
  return tag(swarm, 'chiral-hello-back/1', asking, answering, nonces.asking, nonces.answering)
}

/** Which of our swarms the other one means: a stranger's hello means none of them. */
export function swarmMeant(
  swarms: Iterable<SwarmId>,
  meeting: Parameters<typeof askingTag>[1],
  said: Uint8Array,
): SwarmId | null {
  for (const swarm of swarms) if (equalBytes(askingTag(swarm, meeting), said)) return swarm
  return null
}

function tag(
  swarm: SwarmId,
  label: string,
  asking: PeerId,
  answering: PeerId,
  ...nonces: readonly Uint8Array[]
): Uint8Array<ArrayBuffer> {
  const said = lengthValue(label, publicKeyOf(asking), publicKeyOf(answering), ...nonces)
  return new Uint8Array(hmac(sha256, bytesOfHex(swarm), said))
}
