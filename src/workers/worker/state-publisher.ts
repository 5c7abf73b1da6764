import type { EngineChange, EngineState } from '../../engine/model/engine-state.ts'
import { makeKeptState } from '../../engine/model/kept-state.ts'
import { unreachable } from '../../engine/model/result.ts'
import { SECOND, type Millis } from '../../engine/model/units.ts'
import type { Notice } from '../protocol/control.ts'

/** Fast enough to look live, slow enough that a busy swarm costs the page nothing. */
export const PUBLISH_INTERVAL: Millis = SECOND / 4

/** What happens together after a quiet period is told together; a person does not see the wait. */
export const SETTLE_TIME: Millis = 10

export interface StatePublisher {
  /** Remembers the change; a later one about the same thing replaces it. */
  put(change: EngineChange): void
  /** Posts everything at once as `state-replaced`; what was waiting to be told is in it. */
  replace(): void
  /**
   * The state with every change so far, also those not told yet: telling them again is harmless,
   * because a change carries the whole of what it is about. A fresh object each time.
   */
  current(): EngineState
  /** Nothing is posted from here on. `current()` still answers. */
  stop(): void
}

/** Turns thousands of engine events a second into at most four messages. */
export function makeStatePublisher(post: (notice: Notice) => void): StatePublisher {
  const state = makeKeptState()
  const pending = new Map<string, EngineChange>()
  let revision = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let stopped = false

  /** Runs once more after the last change, which is how a quiet period is noticed. */
  const publish = () => {
    timer = undefined
    if (pending.size === 0) return
    revision += 1
    const changes = [...pending.values()]
    pending.clear()
    timer = setTimeout(publish, PUBLISH_INTERVAL)
    post({ type: 'state-changed', revision, changes })
  }

  const current = (): EngineState => ({ revision, ...state.current() })

  return {
    put(change) {
      state.put(change)
      if (stopped) return
      const subject = subjectOf(change)
      // Deleted first, so that a notice tells its changes in the order in which they last happened.
      pending.delete(subject)
      pending.set(subject, change)
      timer ??= setTimeout(publish, SETTLE_TIME)
    },

    replace() {
      if (stopped) return
      pending.clear()
      post({ type: 'state-replaced', state: current() })
    },

    current,

    stop() {
      stopped = true
      clearTimeout(timer)
      pending.clear()
    },
  }
}

/** A torrent and its removal are one subject: whichever came last is the only one that is told. */
function subjectOf(change: EngineChange): string {
  switch (change.type) {
    case 'torrent':
      return `torrent ${change.torrent.infoHash}`
    case 'torrent-removed':
      return `torrent ${change.infoHash}`
    case 'creation':
      return `creation ${change.creation.id}`
    case 'creation-ended':
      return `creation ${change.id}`
    case 'engine':
    case 'storage':
    case 'overlay':
      return change.type
    default:
      return unreachable(change)
  }
}
