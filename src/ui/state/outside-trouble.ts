import type { EngineError } from '../../engine/model/errors.ts'
import type { TorrentSnapshot } from '../../engine/model/torrent.ts'

/**
 * Why a torrent rests that lies, or is to be written, outside the browser's storage; null when it
 * does not rest for that.
 */
export function outsideTrouble({ phase, trouble }: TorrentSnapshot): EngineError | null {
  const resting = phase.name === 'paused' && phase.why === 'storage'
  return resting && trouble !== null && OUTSIDE.has(trouble.kind) ? trouble : null
}

const OUTSIDE: ReadonlySet<EngineError['kind']> = new Set([
  'storage/permission',
  'storage/source-changed',
  'storage/source-missing',
])
