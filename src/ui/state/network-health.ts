import type { EngineState } from '../../engine/model/engine-state.ts'
import type { Words } from '../i18n/en.ts'

export interface NetworkHealth {
  readonly level: 'full' | 'partial' | 'none' | 'idle'
  /** What it means for the person, in one sentence. */
  readonly sentence: string
}

/** The network dot: made of what the trackers of the running torrents last said. */
export function networkHealth(
  state: Pick<EngineState, 'engine' | 'torrents'>,
  online: boolean,
  words: Words,
): NetworkHealth {
  const say = words.header
  if (!online) return { level: 'none', sentence: say.offline }
  if (state.engine.name !== 'running') return { level: 'idle', sentence: say.starting }

  let trackers = 0
  let answered = 0
  let failed = 0
  let peers = 0
  for (const torrent of Object.values(state.torrents)) {
    if (torrent.phase.name === 'paused' || torrent.phase.name === 'failed') continue
    trackers += torrent.swarm.trackers
    answered += torrent.swarm.trackersAnswered
    failed += torrent.swarm.trackersFailed
    peers += torrent.peerCount
  }

  if (trackers === 0) return { level: 'idle', sentence: say.idle }
  if (failed >= trackers) return { level: 'none', sentence: say.noneAnswer }
  if (failed > 0) return { level: 'partial', sentence: say.someAnswer }
  if (answered === 0) return { level: 'idle', sentence: say.asking }
  return { level: 'full', sentence: say.allAnswer(peers) }
}
