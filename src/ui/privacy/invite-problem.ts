import type { InviteProblem } from '../../engine/model/errors.ts'
import type { EngineState } from '../../engine/model/engine-state.ts'
import type { InvitePreview } from '../../engine/model/private-swarm.ts'
import type { TorrentPreview } from '../../engine/model/torrent.ts'
import type { Timestamp } from '../../engine/model/units.ts'

/** Why an invite that could be read is of no use to us; null when it may be tried. */
export function inviteProblem(
  { bound, expiresAt }: InvitePreview,
  now: Timestamp,
): InviteProblem | null {
  if (bound === 'another') return 'bound'
  return expiresAt !== null && expiresAt <= now ? 'expired' : null
}

/** Whether an invite leads into a torrent that is in the list, and that we are not inside of. */
export function invitedAnew(
  preview: TorrentPreview | null,
  torrents: EngineState['torrents'],
): boolean {
  if (preview?.invite === undefined) return false
  const standing = torrents[preview.infoHash]?.privacy?.standing
  return standing !== undefined && standing.name !== 'inside'
}
