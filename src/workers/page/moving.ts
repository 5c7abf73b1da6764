import type { EngineState } from '../../engine/model/engine-state.ts'

/** Whether bytes come or go, or files are on their way to becoming a torrent. */
export function somethingMoves({
  torrents,
  creating,
}: Pick<EngineState, 'torrents' | 'creating'>): boolean {
  if (Object.keys(creating).length > 0) return true
  return Object.values(torrents).some(({ downRate, upRate }) => downRate > 0 || upRate > 0)
}
