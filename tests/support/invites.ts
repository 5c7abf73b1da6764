import type { SwarmId } from '../../src/engine/model/ids.ts'
import type { Signer } from '../../src/engine/membership/peer-keys.ts'
import {
  DEFAULT_INVITE_AGE,
  writeToken,
  type InviteToken,
  type TokenBody,
} from '../../src/engine/membership/invite-token.ts'
import { redemptionKey } from '../../src/engine/membership/redemption.ts'
import { INFO_HASH, NOON, OWNER } from './members.ts'

export const SEED = new Uint8Array(16).fill(5)
export const A_SWARM = '34'.repeat(32) as SwarmId // 64 hex digits

export async function aTokenBody(given: Partial<TokenBody> = {}): Promise<TokenBody> {
  return {
    swarm: A_SWARM,
    infoHash: INFO_HASH,
    nonce: new Uint8Array(16).fill(9),
    key: (await redemptionKey(SEED)).publicKey,
    ask: [],
    notBefore: NOON,
    expiresAt: NOON + DEFAULT_INVITE_AGE,
    uses: 1,
    bound: null,
    relays: ['https://relay.example'],
    counter: 'relay',
    name: 'Holiday 2026',
    bytes: 123_456_789,
    from: 'Ada',
    ...given,
  }
}

export async function aToken(
  given: Partial<TokenBody> = {},
  signer: Signer = OWNER,
): Promise<InviteToken> {
  const token = await writeToken(signer, await aTokenBody(given))
  if (!token.ok) throw new Error('a token that nobody would read')
  return token.value
}
