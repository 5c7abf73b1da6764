import type { EngineState } from '../../engine/model/engine-state.ts'
import { err } from '../../engine/model/result.ts'
import type { CallId } from '../../engine/model/ids.ts'
import type { FromEngine, Notice } from '../protocol/control.ts'
import { SAFE_TO_REPEAT } from '../protocol/safe-to-repeat.ts'
import { linkName, type EngineId, type FromTab, type LinkId } from '../protocol/tabs.ts'
import { makeCallServer, type Answers } from './serve-calls.ts'

/** Notices on their way to one tab; one that hears no more of them is told the whole later. */
export const MOST_UNHEARD = 32

/** Calls of one tab that wait for their answers. */
export const MOST_OPEN_CALLS = 1024

export interface ServedTabDeps {
  readonly link: LinkId
  /** The tab is at its other end. Closed here. */
  readonly channel: BroadcastChannel
  readonly locks: Pick<LockManager, 'request'>
  readonly answers: Answers
  readonly state: () => EngineState
  /** Called once: the tab is gone, or was let go. */
  onGone(): void
}

/** One other tab, served as the engine's own page is. */
export interface ServedTab {
  /** Its first message, and the state. */
  welcome(engine: EngineId, build: string): void
  tell(notice: Notice): void
  /** Safe to call twice. */
  stop(): void
}

/**
 * Nothing holds a browser back from keeping message after message for a tab that is frozen, so
 * the tab says of each notice that it was heard, and is told no more while too many were not.
 *
 * Of a tab that goes, the questions are dropped; what it set going is everybody's and goes on.
 */
export function serveTab(deps: ServedTabDeps): ServedTab {
  const { link, channel, locks, state } = deps
  const open = new Map<CallId, boolean>()
  const watching = new AbortController()
  let unheard = 0
  let behind = false
  let gone = false

  const post = (message: FromEngine) => {
    if (message.type === 'reply' || message.type === 'cancelled') open.delete(message.id)
    if (!gone) channel.postMessage(message)
  }
  const calls = makeCallServer(deps.answers, post)

  const tell = (notice: Notice) => {
    behind ||= unheard >= MOST_UNHEARD
    if (behind) return
    unheard += 1
    post(notice)
  }

  const heard = () => {
    unheard = Math.max(0, unheard - 1)
    if (!behind || unheard > 0) return
    behind = false
    tell({ type: 'state-replaced', state: state() })
  }

  const stop = () => {
    if (gone) return
    gone = true
    watching.abort()
    channel.close()
    for (const [id, safeToDrop] of open) if (safeToDrop) calls.cancel(id)
    deps.onGone()
  }

  channel.onmessage = ({ data }: MessageEvent<FromTab>) => {
    switch (data.type) {
      case 'request':
        if (open.size >= MOST_OPEN_CALLS) {
          return post({ type: 'reply', id: data.id, result: err(TOO_MANY_CALLS) })
        }
        open.set(data.id, SAFE_TO_REPEAT[data.call])
        return void calls.serve(data)
      case 'cancel':
        return calls.cancel(data.id)
      case 'heard':
        return heard()
      case 'ping':
        return post({ type: 'alive' })
    }
  }
  locks
    .request(linkName(link), { signal: watching.signal }, stop)
    // Only by the abort of `stop`.
    .catch(() => undefined)

  return {
    welcome(engine, build) {
      post({ type: 'ready', build, engine })
      tell({ type: 'state-replaced', state: state() })
    },
    tell,
    stop,
  }
}

const TOO_MANY_CALLS = {
  kind: 'engine/bug',
  cause: { name: 'QuotaExceededError', message: 'a tab has too many calls open' },
} as const
