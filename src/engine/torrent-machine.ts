import type { EngineError } from './model/errors.ts'
import { unreachable } from './model/result.ts'
import type { ActivePhase, PauseReason, TorrentPhase } from './model/torrent.ts'
import type { Millis } from './model/units.ts'

/** What a person, or a fault, does to a torrent. */
export type TorrentCommand =
  | { readonly type: 'paused'; readonly why: PauseReason }
  | { readonly type: 'resumed' }
  | { readonly type: 'failed'; readonly error: EngineError }
  | { readonly type: 'retried' }

/** What the swarm and the disk report. May arrive late. */
export type TorrentProgress =
  | { readonly type: 'metadata-received' }
  /** Stored pieces are looked at: a torrent came back, or a person asked for it. */
  | { readonly type: 'check-started' }
  | { readonly type: 'pieces-checked'; readonly checkedPieces: number }
  /** `complete`: every wanted piece is there. */
  | { readonly type: 'check-finished'; readonly complete: boolean }
  /** A new guess of how long it will take; null when nothing arrives. */
  | { readonly type: 'eta'; readonly eta: Millis | null }
  /** Every wanted piece is there, through a download or because less is wanted. */
  | { readonly type: 'completed' }
  /** More is wanted than is there. */
  | { readonly type: 'selection-widened' }

export type TorrentEvent = TorrentCommand | TorrentProgress

/**
 * The only place a phase changes. Answers the very same object when nothing did.
 *
 * A paused torrent takes progress into the phase it will resume; a failed one takes none, since
 * what failed is tried again from where it stood. A person's pause outranks every other: it is
 * the reason that stays, so that no free space or finished queue ends it.
 */
export function nextPhase(phase: TorrentPhase, event: TorrentEvent): TorrentPhase {
  switch (event.type) {
    case 'failed':
      return { name: 'failed', from: activePhaseOf(phase), error: event.error }
    case 'retried':
      return phase.name === 'failed' ? phase.from : phase
    case 'paused':
      return pause(phase, event.why)
    case 'resumed':
      return phase.name === 'paused' ? phase.from : phase
    case 'metadata-received':
    case 'check-started':
    case 'pieces-checked':
    case 'check-finished':
    case 'eta':
    case 'completed':
    case 'selection-widened':
      if (phase.name === 'failed') return phase
      return phase.name === 'paused' ? advanceAsleep(phase, event) : advance(phase, event)
    default:
      return unreachable(event)
  }
}

/** The phase itself, or the one it will go back to. */
export function activePhaseOf(phase: TorrentPhase): ActivePhase {
  return isActive(phase) ? phase : phase.from
}

/** Progress that makes no sense in a phase leaves it as it is. */
function advance(phase: ActivePhase, progress: TorrentProgress): ActivePhase {
  switch (progress.type) {
    case 'metadata-received':
      return phase.name === 'resolving' ? { name: 'checking', checkedPieces: 0 } : phase
    case 'check-started':
      return { name: 'checking', checkedPieces: 0 }
    case 'pieces-checked':
      return phase.name === 'checking' ? { ...phase, checkedPieces: progress.checkedPieces } : phase
    case 'check-finished':
      if (phase.name !== 'checking') return phase
      return progress.complete ? { name: 'seeding' } : { name: 'downloading', eta: null }
    case 'eta':
      return phase.name === 'downloading' && phase.eta !== progress.eta
        ? { name: 'downloading', eta: progress.eta }
        : phase
    case 'completed':
      return phase.name === 'downloading' ? { name: 'seeding' } : phase
    case 'selection-widened':
      return phase.name === 'seeding' ? { name: 'downloading', eta: null } : phase
    default:
      return unreachable(progress)
  }
}

type PausedPhase = Extract<TorrentPhase, { name: 'paused' }>

function advanceAsleep(phase: PausedPhase, progress: TorrentProgress): PausedPhase {
  const from = advance(phase.from, progress)
  return from === phase.from ? phase : { ...phase, from }
}

function pause(phase: TorrentPhase, why: PauseReason): TorrentPhase {
  if (isActive(phase)) return { name: 'paused', from: phase, why }
  if (phase.name !== 'paused' || why !== 'person' || phase.why === 'person') return phase
  return { ...phase, why }
}

function isActive(phase: TorrentPhase): phase is ActivePhase {
  return phase.name !== 'paused' && phase.name !== 'failed'
}
