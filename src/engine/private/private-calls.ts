import type { EngineError } from '../model/errors.ts'
import type { InfoHash } from '../model/ids.ts'
import type {
  AllowOptions,
  InviteOptions,
  InviteSnapshot,
  MemberSnapshot,
} from '../model/private-swarm.ts'
import type { Result } from '../model/result.ts'

/** What a person may do about who takes part. `policy/public` where everybody may. */
export interface PrivateCalls {
  invite(infoHash: InfoHash, options: InviteOptions): Promise<Result<string, EngineError>>
  invites(infoHash: InfoHash): Promise<Result<readonly InviteSnapshot[], EngineError>>
  members(infoHash: InfoHash): Promise<Result<readonly MemberSnapshot[], EngineError>>
  allow(
    infoHash: InfoHash,
    peerId: string,
    options: AllowOptions,
  ): Promise<Result<void, EngineError>>
  revoke(infoHash: InfoHash, peerIdOrInvite: string): Promise<Result<void, EngineError>>
  unlock(infoHash: InfoHash, passphrase: string): Promise<Result<void, EngineError>>
}
