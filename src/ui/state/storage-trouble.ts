import type { EngineError, ErrorIn } from '../../engine/model/errors.ts'
import type { TorrentSnapshot } from '../../engine/model/torrent.ts'

/** Why a torrent rests that could not be kept; null when it does not rest, or nobody said why. */
export function storageTrouble({ phase, trouble }: TorrentSnapshot): ErrorIn<'storage'> | null {
  const resting = phase.name === 'paused' && phase.why === 'storage'
  return resting && trouble !== null && isStorage(trouble) ? trouble : null
}

function isStorage(error: EngineError): error is ErrorIn<'storage'> {
  return error.kind.startsWith('storage/')
}
