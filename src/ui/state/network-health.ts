import type { EngineState, OverlaySnapshot } from '../../engine/model/engine-state.ts'
import { unreachable } from '../../engine/model/result.ts'
import type { Words } from '../i18n/en.ts'

export interface NetworkHealth {
  readonly level: 'full' | 'partial' | 'none' | 'idle'
  /** What it means for the person, in one sentence. */
  readonly sentence: string
}

/**
 * The network dot: made of what the trackers of the running torrents last said, and of whether
 * others reach this browser through a relay.
 */
export function networkHealth(
  state: Pick<EngineState, 'engine' | 'torrents' | 'overlay'>,
  online: boolean,
  words: Words,
): NetworkHealth {
  const say = words.header
  if (!online) return { level: 'none', sentence: say.offline }
  if (state.engine.name !== 'running') return { level: 'idle', sentence: say.starting }

  const { answer, peers } = askedTrackers(state.torrents)
  const relay = relayAnswer(state.overlay)
  switch (answer) {
    case 'all':
      if (relay === 'none') return { level: 'partial', sentence: say.overlayLost }
      return { level: 'full', sentence: say.allAnswer(peers) }
    case 'some':
      return { level: 'partial', sentence: say.someAnswer }
    case 'none':
      if (relay === 'some') return { level: 'partial', sentence: say.overlayOnly }
      return { level: 'none', sentence: relay === 'none' ? say.nothingAnswers : say.noneAnswer }
    case 'asking':
    case 'unasked':
      if (relay === 'some') return { level: 'full', sentence: say.reachable }
      if (relay === 'none') return { level: 'none', sentence: say.overlayLost }
      if (answer === 'asking') return { level: 'idle', sentence: say.asking }
      return { level: 'idle', sentence: relay === 'asking' ? say.connecting : say.idle }
    default:
      return unreachable(answer)
  }
}

function askedTrackers(torrents: EngineState['torrents']): {
  readonly answer: 'unasked' | 'asking' | 'all' | 'some' | 'none'
  readonly peers: number
} {
  let trackers = 0
  let answered = 0
  let failed = 0
  let peers = 0
  for (const torrent of Object.values(torrents)) {
    if (torrent.phase.name === 'paused' || torrent.phase.name === 'failed') continue
    trackers += torrent.swarm.trackers
    answered += torrent.swarm.trackersAnswered
    failed += torrent.swarm.trackersFailed
    peers += torrent.peerCount
  }
  if (trackers === 0) return { answer: 'unasked', peers }
  if (failed >= trackers) return { answer: 'none', peers }
  if (failed > 0) return { answer: 'some', peers }
  return { answer: answered === 0 ? 'asking' : 'all', peers }
}

function relayAnswer(overlay: OverlaySnapshot): 'unasked' | 'asking' | 'some' | 'none' {
  switch (overlay.name) {
    case 'off':
      return 'unasked'
    case 'connecting':
      return 'asking'
    case 'reserved':
      return 'some'
    case 'lost':
      return 'none'
    default:
      return unreachable(overlay)
  }
}
