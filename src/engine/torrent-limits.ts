import * as v from 'valibot'
import type { ErrorIn } from './model/errors.ts'
import { err, ok, type Result } from './model/result.ts'
import type { TorrentLimits } from './model/torrent.ts'

const rate = v.nullable(v.pipe(v.number(), v.safeInteger(), v.minValue(0)))

/** As the disk, a script or a backup gives them. */
export const torrentLimits = v.object({ down: rate, up: rate })

/** Takes the limits of a person or a script, if both are what a limit may be. */
export function checkTorrentLimits(limits: unknown): Result<TorrentLimits, ErrorIn<'input'>> {
  const parsed = v.safeParse(torrentLimits, limits)
  if (parsed.success) return ok(parsed.output)
  const [issue] = parsed.issues
  const field = v.getDotPath(issue)
  const message = field === null ? issue.message : `${field}: ${issue.message}`
  return err({ kind: 'input/settings', message })
}
