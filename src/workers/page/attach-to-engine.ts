import type { EnginePhase } from '../../engine/model/engine-state.ts'
import { SECOND, type Millis } from '../../engine/model/units.ts'
import { TAB_DOOR, type AtDoor, type EngineId } from '../protocol/tabs.ts'
import { linkToEngine } from './engine-link.ts'
import type { Locks } from './engine-lock.ts'
import type { LastingClient } from './lasting-client.ts'

/** An engine is up again in less after its tab was closed; nobody is told before that it is not. */
export const ENGINE_PATIENCE: Millis = 5 * SECOND

export interface AttachDeps {
  readonly line: LastingClient
  readonly locks: Locks
  readonly build: string
  /** What is told while there is no engine. Left out: `starting`, and `waiting` when that is long. */
  readonly without?: EnginePhase
  /** Ends it, in the task that aborts; the line is then without an engine and not told so. */
  readonly signal: AbortSignal
}

/**
 * Puts the engine of another tab behind `line`, whichever it is at the time: when it goes, the
 * next one that says it is here takes its place.
 */
export function attachToEngine({ line, locks, build, without, signal }: AttachDeps): void {
  const door = new BroadcastChannel(TAB_DOOR)
  let attempt = new AbortController()
  let attachedTo: EngineId | null = null
  let patience: ReturnType<typeof setTimeout> | undefined

  const waitForEngine = () => {
    attachedTo = null
    clearTimeout(patience)
    line.detach(without ?? { name: 'starting' })
    if (without === undefined) {
      patience = setTimeout(() => line.detach({ name: 'waiting' }), ENGINE_PATIENCE)
    }
  }

  const attach = async (until: AbortSignal): Promise<void> => {
    const client = await linkToEngine(locks, build, until)
    client.onNotice(line.pass)
    const started = await client.started
    if (until.aborted) return
    if (started.ok) {
      clearTimeout(patience)
      attachedTo = started.value
      line.attach(client, { repeats: true })
      await client.gone
      if (until.aborted) return
      waitForEngine()
      // It may only have been busy for long; if it was, it reads this next.
      tryToAttach()
    } else if (started.error.kind === 'engine/version') {
      clearTimeout(patience)
      line.detach({ name: 'failed', error: started.error })
    }
  }

  const tryToAttach = () => {
    attempt.abort()
    attempt = new AbortController()
    const until = AbortSignal.any([signal, attempt.signal])
    attach(until).catch((thrown: unknown) => {
      if (!until.aborted) throw thrown
    })
  }

  door.onmessage = ({ data }: MessageEvent<AtDoor>) => {
    if (data.type !== 'here' || data.engine === attachedTo) return
    // The last engine is gone, though nobody has told us yet.
    if (attachedTo !== null) waitForEngine()
    tryToAttach()
  }
  signal.addEventListener('abort', () => {
    clearTimeout(patience)
    door.close()
  })
  waitForEngine()
  tryToAttach()
}
