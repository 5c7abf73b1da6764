import type { EngineError } from './model/errors.ts'
import type { TorrentPhase } from './model/torrent.ts'
import { nextPhase, type TorrentEvent } from './torrent-machine.ts'

export interface TorrentStateDeps {
  /** Something a person should hear of beyond this torrent's own line. */
  onTrouble(error: EngineError): void
  onChange(): void
}

/** Where one torrent is in its life, what troubles it, and whether anybody is told. */
export interface TorrentState {
  readonly phase: TorrentPhase
  readonly trouble: EngineError | null
  /** It is neither paused nor failed, and in the list. */
  readonly active: boolean
  readonly removed: boolean
  /** Out of the list, and perhaps to come back. */
  readonly aside: boolean
  /** Tells of a new phase. */
  apply(event: TorrentEvent): void
  /** Tells of nothing: whoever says so does when all of it is done. True when the phase is new. */
  applyQuietly(event: TorrentEvent): boolean
  /** It goes on with this trouble; `quietly` when the person was told already. */
  troubled(error: EngineError, quietly?: 'quietly'): void
  untroubled(): void
  putAside(aside: boolean): void
  remove(): void
  changed(): void
}

export function makeTorrentState(deps: TorrentStateDeps): TorrentState {
  let phase: TorrentPhase = { name: 'resolving' }
  let trouble: EngineError | null = null
  let removed = false
  let aside = false

  const applyQuietly = (event: TorrentEvent): boolean => {
    const before = phase
    phase = nextPhase(before, event)
    return phase !== before
  }
  const changed = () => {
    if (!removed && !aside) deps.onChange()
  }

  return {
    get phase() {
      return phase
    },
    get trouble() {
      return trouble
    },
    get active() {
      return !removed && !aside && phase.name !== 'paused' && phase.name !== 'failed'
    },
    get removed() {
      return removed
    },
    get aside() {
      return aside
    },

    apply(event) {
      if (applyQuietly(event)) changed()
    },
    applyQuietly,

    troubled(error, quietly) {
      trouble = error
      if (quietly === undefined) deps.onTrouble(error)
    },
    untroubled() {
      trouble = null
    },
    putAside(now) {
      aside = now
    },
    remove() {
      removed = true
    },
    changed,
  }
}
