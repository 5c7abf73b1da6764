import { toCause, type EngineError } from '../../engine/model/errors.ts'
import type { CallId } from '../../engine/model/ids.ts'
import { err, ok, unreachable, type Result } from '../../engine/model/result.ts'
import { BUILD } from '../protocol/build.ts'
import type { EngineConfig, FromEngine, Notice, ToEngine } from '../protocol/control.ts'
import type { CallOptions, EngineClient } from '../protocol/engine-client.ts'
import type { EngineId } from '../protocol/tabs.ts'
import { makeListeners } from './listeners.ts'
import { makePulse } from './pulse.ts'

/** What is needed of a `Worker`, and what a channel to another tab's worker offers, too. */
export interface EngineWorker {
  postMessage(message: ToEngine, transfer: Transferable[]): void
  addEventListener(type: 'message', listener: (event: MessageEvent<FromEngine>) => void): void
  addEventListener(type: 'error', listener: (event: ErrorEvent) => void): void
  addEventListener(type: 'messageerror', listener: () => void): void
  terminate(): void
}

/** One engine in one worker, from its start to its end. */
export interface WorkerClient extends EngineClient {
  /** Starts the engine, once. Takes the port. `started` is its answer. */
  init(config: EngineConfig, rtcPort: MessagePort): void
  /**
   * Answers when calls may be made, or with why there will be none: `engine/version` for a worker
   * of another build, `engine/lost` when it ends first.
   */
  readonly started: Promise<Result<EngineId, EngineError>>
  /** Other tabs it serves now. */
  readonly otherTabs: number
  /** Resolves when the worker is no more, whoever ended it. */
  readonly gone: Promise<void>
  /** Somebody wonders whether it lives. */
  readonly look: () => void
  /** Ends the worker in this very task; calls without an answer get `engine/lost`. */
  readonly end: () => void
}

/**
 * The page's end of the control port.
 *
 * An `error` event means a bug that nothing in the worker caught, or a script that did not load:
 * either way what the worker still says cannot be relied on, so it is ended. `messageerror` is a
 * reply that was lost on the way, and its call would wait for ever. One that hangs (`pulse.ts`) is
 * ended, too: what it verified is kept, and its open calls would never be answered.
 *
 * `onQuiet` is called while it may be hanging, with every question it leaves unanswered.
 */
export function makeEngineClient(
  worker: EngineWorker,
  build: string = BUILD,
  onQuiet: () => void = () => {},
): WorkerClient {
  const pending = new Map<CallId, PendingCall>()
  const notices = makeListeners<Notice>()
  const started = Promise.withResolvers<Result<EngineId, EngineError>>()
  const gone = Promise.withResolvers<void>()
  let nextId: CallId = 1
  let otherTabs = 0
  let state: 'starting' | 'running' | 'ended' = 'starting'

  const end = () => {
    if (state === 'ended') return
    state = 'ended'
    pulse.stop()
    worker.terminate()
    for (const { settle } of pending.values()) settle(lost())
    pending.clear()
    started.resolve(lost())
    gone.resolve()
  }

  const pulse = makePulse({
    ask: () => worker.postMessage({ type: 'ping' }, []),
    onQuiet,
    onSilent: end,
  })

  const take = (message: FromEngine): void => {
    switch (message.type) {
      case 'ready': {
        const theirs = message.build
        if (theirs !== build) {
          return started.resolve(err({ kind: 'engine/version', page: build, worker: theirs }))
        }
        state = 'running'
        return started.resolve(ok(message.engine))
      }
      case 'unable':
        return started.resolve(err(message.error))
      case 'tabs':
        otherTabs = message.count
        return
      case 'reply': {
        const call = pending.get(message.id)
        pending.delete(message.id)
        return call?.settle(message.result)
      }
      case 'progress':
        return pending.get(message.id)?.onProgress?.(message.doneBytes)
      case 'alive':
        return // that it came is all it says
      case 'cancelled':
        return // whoever cancelled has forgotten the call already
      case 'state-replaced':
      case 'trouble':
        return notices.tell(message)
      case 'state-changed':
        // Until the engine runs it is finding out what it has; `state-replaced` tells that at once.
        if (state === 'running') notices.tell(message)
        return
      default:
        return unreachable(message)
    }
  }

  worker.addEventListener('message', ({ data }) => {
    if (state === 'ended') return
    pulse.heard()
    take(data)
  })
  worker.addEventListener('messageerror', end)
  worker.addEventListener('error', ({ message }) => {
    if (state === 'ended') return
    // Empty when the script did not load; then there is nothing to tell but the end itself.
    if (message) notices.tell(bugNotice(message))
    end()
  })

  return {
    init(config, rtcPort) {
      worker.postMessage({ type: 'init', build, config, rtcPort }, [rtcPort])
    },
    started: started.promise,

    call(name, args, { signal, onProgress } = {}) {
      if (signal?.aborted) return Promise.reject(reasonOf(signal))
      if (state === 'ended') return Promise.resolve(lost())
      const id = nextId++
      const { promise, resolve, reject } = Promise.withResolvers<Result<never, EngineError>>()

      const abort = () => {
        pending.delete(id)
        worker.postMessage({ type: 'cancel', id }, [])
        reject(reasonOf(signal))
      }
      const settle: PendingCall['settle'] = (result) => {
        signal?.removeEventListener('abort', abort)
        // The table of calls ties the answer's type to the call's name; a message has neither.
        resolve(result as Result<never, EngineError>)
      }
      pending.set(id, { settle, onProgress })
      signal?.addEventListener('abort', abort, { once: true })

      try {
        // A name and the arguments of that same name: what `Request` says of every pair.
        worker.postMessage({ type: 'request', id, call: name, args } as ToEngine, [])
      } catch (thrown) {
        // Arguments that no message can carry: a bug of the caller.
        settle(err({ kind: 'engine/bug', cause: toCause(thrown) }))
        pending.delete(id)
      }
      return promise
    },

    get otherTabs() {
      return otherTabs
    },
    onNotice: notices.add,
    look: pulse.look,
    gone: gone.promise,
    end,
  }
}

interface PendingCall {
  readonly settle: (result: Result<unknown, EngineError>) => void
  readonly onProgress: CallOptions['onProgress']
}

const lost = () => err<EngineError>({ kind: 'engine/lost' })

function bugNotice(message: string): Notice {
  const cause = { name: 'Error', message }
  return { type: 'trouble', infoHash: null, error: { kind: 'engine/bug', cause } }
}

/** An abort's reason is an `Error` (`AbortError`) unless the caller chose otherwise. */
export function reasonOf(signal: AbortSignal | undefined): Error {
  return signal?.reason as Error
}
