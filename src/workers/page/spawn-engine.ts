import { toCause, type EngineError } from '../../engine/model/errors.ts'
import { MINUTE, SECOND, type Millis } from '../../engine/model/units.ts'
import type { EngineConfig } from '../protocol/control.ts'
import { makeEngineClient, type EngineWorker, type WorkerClient } from './engine-client.ts'
import { LIFELINE, lifelineFree, lifelineHeld, takeEngineLock, type Locks } from './engine-lock.ts'
import type { LastingClient } from './lasting-client.ts'

/** An engine that ran this long before it was lost has earned another start. */
export const STEADY_TIME: Millis = MINUTE

/** How long a dying worker is waited for before the next is started regardless. */
const LAST_BREATH: Millis = 5 * SECOND

/** How long an engine may take to stop before it is stopped for it. */
const STOP_TIME: Millis = 5 * SECOND

export interface SpawnEngineDeps {
  readonly line: LastingClient
  readonly config: EngineConfig
  /** The window: `pagehide` and `pageshow`. */
  readonly page: Pick<EventTarget, 'addEventListener' | 'removeEventListener'>
  readonly secure: boolean
  /** `navigator.locks`; null where the browser has none. */
  readonly locks: Locks | null
  startWorker(): EngineWorker
  /** Owns the port until `stop()`. */
  hostRtc(port: MessagePort): { stop(): void }
}

export interface SpawnedEngine {
  /** Asks the engine to stop, then ends it. The client says `engine/lost` from then on. */
  stop(): Promise<void>
}

/**
 * Keeps an engine behind `line` for the life of the page: takes the engine lock, starts the
 * worker, starts it once more when it is lost, and says so when it is lost again.
 *
 * A page may be put away to come back later (the back/forward cache). Chromium keeps the locks of
 * such a page and does not give them to a tab that waits already (seen in 156; Firefox 153 does
 * not put away a page with a lock), so the engine is ended at `pagehide` and started at `pageshow`.
 */
export function spawnEngine(deps: SpawnEngineDeps): SpawnedEngine {
  const { line, page, secure, locks } = deps
  const missing = secure ? missingFeature(locks) : ({ kind: 'engine/insecure-context' } as const)
  let visit = new AbortController()
  let running: WorkerClient | null = null
  let ended: Promise<void> = Promise.resolve()

  const run = async (locks: Locks, until: AbortController) => {
    try {
      const onWaiting = () => line.detach({ name: 'waiting' })
      await takeEngineLock({ locks, signal: until.signal, onWaiting })
      const error = await keepAlive(locks, until.signal)
      line.detach({ name: 'failed', error })
    } catch (thrown) {
      if (until.signal.aborted) return
      line.detach({ name: 'failed', error: { kind: 'engine/bug', cause: toCause(thrown) } })
    }
    // Another tab may have more luck.
    until.abort()
  }

  /** One engine after another. Answers with what the last one ended of. */
  const keepAlive = async (locks: Locks, until: AbortSignal): Promise<EngineError> => {
    for (let retried = false; ;) {
      line.detach({ name: 'starting' })
      await lifelineFree(locks, AbortSignal.any([until, AbortSignal.timeout(LAST_BREATH)]))
      const startedAt = performance.now()
      const error = await liveOnce(locks, until)
      until.throwIfAborted()
      if (performance.now() - startedAt >= STEADY_TIME) retried = false
      if (error.kind !== 'engine/lost' || retried) return error
      retried = true
    }
  }

  /** One engine, from its start to its end. */
  const liveOnce = async (locks: Locks, until: AbortSignal): Promise<EngineError> => {
    until.throwIfAborted()
    const { port1, port2 } = new MessageChannel()
    const engine = makeEngineClient(deps.startWorker())
    const rtc = deps.hostRtc(port1)
    engine.onNotice(line.pass)
    until.addEventListener('abort', engine.end, { once: true })
    try {
      const started = await engine.init(deps.config, LIFELINE, port2)
      if (!started.ok) return started.error
      running = engine
      line.attach(engine)
      void watchLifeline(locks, engine)
      await engine.gone
      return { kind: 'engine/lost' }
    } finally {
      running = null
      until.removeEventListener('abort', engine.end)
      engine.end()
      rtc.stop()
    }
  }

  const begin = () => {
    if (locks === null) return
    visit = new AbortController()
    ended = run(locks, visit)
  }

  const onPageHide = (event: Event) => {
    // Not waited for: there is no time. Chromium lets the worker read the message when a tab is
    // closed, if the page does not end the worker itself.
    void running?.call('engine.stop', null)
    // Events of this name are `PageTransitionEvent`s.
    if (!(event as PageTransitionEvent).persisted) return
    visit.abort()
    line.detach({ name: 'starting' })
  }

  const onPageShow = (event: Event) => {
    // As above.
    if ((event as PageTransitionEvent).persisted) begin()
  }

  if (missing === null) {
    page.addEventListener('pagehide', onPageHide)
    page.addEventListener('pageshow', onPageShow)
    begin()
  } else {
    line.detach({ name: 'failed', error: missing })
  }

  return {
    async stop() {
      page.removeEventListener('pagehide', onPageHide)
      page.removeEventListener('pageshow', onPageShow)
      const last = running
      line.detach({ name: 'stopping' })
      // An engine that is too slow to stop is ended, and what it flushed is there next time.
      await last
        ?.call('engine.stop', null, { signal: AbortSignal.timeout(STOP_TIME) })
        .catch(() => {})
      visit.abort()
      await ended
    },
  }
}

/** Ends the client of a worker that vanished without a word: out of memory, or closed by itself. */
async function watchLifeline(locks: Locks, engine: WorkerClient): Promise<void> {
  if (!(await lifelineHeld(locks))) return
  const over = new AbortController()
  void engine.gone.then(() => over.abort())
  await lifelineFree(locks, over.signal)
  engine.end()
}

function missingFeature(locks: Locks | null): EngineError | null {
  if (locks === null) return { kind: 'engine/unsupported', what: 'Web Locks' }
  if (typeof Worker === 'undefined') return { kind: 'engine/unsupported', what: 'Web Workers' }
  return null
}
