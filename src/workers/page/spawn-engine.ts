import { toCause, type EngineError } from '../../engine/model/errors.ts'
import { MINUTE, SECOND, type Millis } from '../../engine/model/units.ts'
import type { EngineConfig, Notice } from '../protocol/control.ts'
import { BUILD } from '../protocol/build.ts'
import { engineLife, TAB_DOOR, type AtDoor, type EngineId } from '../protocol/tabs.ts'
import { attachToEngine } from './attach-to-engine.ts'
import { makeEngineClient, type EngineWorker, type WorkerClient } from './engine-client.ts'
import { lockFree, takeEngineLock, type Locks } from './engine-lock.ts'
import type { LastingClient } from './lasting-client.ts'

/** An engine that ran this long before it was lost has earned another start. */
export const STEADY_TIME: Millis = MINUTE

/** How long an engine may take to stop before it is stopped for it. */
const STOP_TIME: Millis = 5 * SECOND

export interface SpawnEngineDeps {
  readonly line: LastingClient
  readonly config: EngineConfig
  /** The window: `pagehide` and `pageshow`. */
  readonly page: PageEvents
  /** The document: `freeze` and `resume`, in browsers that freeze pages. */
  readonly document: PageEvents
  readonly secure: boolean
  /** `navigator.locks`; null where the browser has none. */
  readonly locks: Locks | null
  startWorker(): EngineWorker
  /** Owns the port until `stop()`. */
  hostRtc(port: MessagePort): { stop(): void }
}

export type PageEvents = Pick<EventTarget, 'addEventListener'>

export interface SpawnedEngine {
  /** Whether there is an engine that ends with this page, and no other tab to have the next one. */
  readonly isLastTab: () => boolean
  /** Asks the engine to stop, then ends it. The client says `engine/lost` from then on. */
  stop(): Promise<void>
}

/**
 * Keeps an engine behind `line` for the life of the page: takes the engine lock, starts the
 * worker, starts it once more when it is lost or hangs, and says so when that happens again.
 *
 * While another tab has the lock its engine serves this page, too, and when that tab goes one of
 * those that wait for the lock has the next engine.
 *
 * A page may be put away to come back later, in the back/forward cache or frozen to save memory.
 * Its worker would go on with the files that only one may have; Chromium keeps the locks of such a
 * page and does not give them to a tab that waits already (seen in 156; Firefox 153 does not put
 * away a page with a lock). So in the task that puts the page away the engine is ended and every
 * lock let go, and when it comes back it takes its turn again.
 */
export function spawnEngine(deps: SpawnEngineDeps): SpawnedEngine {
  const { line, page, secure, locks } = deps
  const missing = secure ? missingFeature(locks) : ({ kind: 'engine/insecure-context' } as const)
  /** From when the page takes its turn until it is put away, fails or stops. */
  let visit = new AbortController()
  visit.abort()
  let running: WorkerClient | null = null
  let ended: Promise<void> = Promise.resolve()

  const run = async (locks: Locks, until: AbortController) => {
    const guest = new AbortController()
    try {
      const attach = {
        line,
        locks,
        build: BUILD,
        signal: AbortSignal.any([until.signal, guest.signal]),
      }
      await takeEngineLock({
        locks,
        signal: until.signal,
        onWaiting: () => attachToEngine(attach),
      })
      guest.abort()
      const error = await keepAlive(locks, until.signal)
      if (error.kind === 'engine/held-elsewhere') startOver()
      else fail(locks, error)
    } catch (thrown) {
      if (!until.signal.aborted) fail(locks, { kind: 'engine/bug', cause: toCause(thrown) })
    }
  }

  /** A later engine has what is stored, and ours has stopped writing: this tab is one of the others. */
  const startOver = () => {
    putAway()
    begin()
  }

  /** Ours cannot run. Another tab may have more luck, and then serves this one as well. */
  const fail = (locks: Locks, error: EngineError) => {
    visit.abort()
    visit = new AbortController()
    const without = { name: 'failed', error } as const
    attachToEngine({ line, locks, build: BUILD, signal: visit.signal, without })
  }

  /** One engine after another. Answers with what the last one ended of. */
  const keepAlive = async (locks: Locks, until: AbortSignal): Promise<EngineError> => {
    for (let retried = false; ;) {
      line.detach({ name: 'starting' })
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
    let fenced = false
    engine.onNotice((notice) => {
      fenced ||= tellsOfLaterEngine(notice)
      if (fenced) engine.end()
      else line.pass(notice)
    })
    until.addEventListener('abort', engine.end, { once: true })
    const door = new BroadcastChannel(TAB_DOOR)
    door.onmessage = ({ data }: MessageEvent<AtDoor>) => {
      if (data.type === 'quiet') engine.look()
    }
    try {
      engine.init(deps.config, port2)
      const started = await engine.started
      if (!started.ok) return started.error
      running = engine
      line.attach(engine)
      void watchLife(locks, engine, started.value)
      await engine.gone
      return fenced ? { kind: 'engine/held-elsewhere' } : { kind: 'engine/lost' }
    } finally {
      running = null
      door.close()
      until.removeEventListener('abort', engine.end)
      engine.end()
      rtc.stop()
    }
  }

  const begin = () => {
    if (locks === null || !visit.signal.aborted) return
    visit = new AbortController()
    ended = run(locks, visit)
  }

  const putAway = () => {
    if (visit.signal.aborted) return
    visit.abort()
    line.detach({ name: 'starting' })
  }

  // `pagehide` and `pageshow` are `PageTransitionEvent`s.
  const onPageHide = (event: Event) => {
    // Not waited for: there is no time. Chromium lets the worker read the message when a tab is
    // closed, if the page does not end the worker itself.
    void running?.call('engine.stop', null)
    if ((event as PageTransitionEvent).persisted) putAway()
  }
  const onPageShow = (event: Event) => {
    if ((event as PageTransitionEvent).persisted) begin()
  }

  const listening = new AbortController()
  if (missing === null) {
    const { signal } = listening
    page.addEventListener('pagehide', onPageHide, { signal })
    page.addEventListener('pageshow', onPageShow, { signal })
    deps.document.addEventListener('freeze', putAway, { signal })
    deps.document.addEventListener('resume', begin, { signal })
    begin()
  } else {
    line.detach({ name: 'failed', error: missing })
  }

  return {
    isLastTab: () => running?.otherTabs === 0,

    async stop() {
      listening.abort()
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
async function watchLife(locks: Locks, engine: WorkerClient, id: EngineId): Promise<void> {
  const over = new AbortController()
  void engine.gone.then(() => over.abort())
  await lockFree(locks, engineLife(id), over.signal)
  engine.end()
}

/** Whether it is how an engine says that a later one has taken over. */
function tellsOfLaterEngine(notice: Notice): boolean {
  return (
    notice.type === 'state-changed' &&
    notice.changes.some(
      (change) =>
        change.type === 'engine' &&
        change.engine.name === 'failed' &&
        change.engine.error.kind === 'engine/held-elsewhere',
    )
  )
}

function missingFeature(locks: Locks | null): EngineError | null {
  if (locks === null) return { kind: 'engine/unsupported', what: 'Web Locks' }
  if (typeof Worker === 'undefined') return { kind: 'engine/unsupported', what: 'Web Workers' }
  return null
}
