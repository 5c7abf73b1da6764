import { toCause, type EngineError } from '../../engine/model/errors.ts'
import type { CallId } from '../../engine/model/ids.ts'
import { err, type Result } from '../../engine/model/result.ts'
import { SECOND, type Bytes, type Millis } from '../../engine/model/units.ts'
import type { ArgsOf, CallName, FromEngine, Request, ValueOf } from '../protocol/control.ts'

/** How often at most a call says how far it is. */
const REPORT_INTERVAL: Millis = SECOND / 5

/**
 * What the engine answers to each call. Same shape as `EngineCalls`, so none can be missing.
 *
 * Values are copied to the page, not transferred: an answer keeps the bytes it hands out.
 * An answer that honours `signal` throws its reason; one that does not is replied to as usual.
 * What takes long may say how far it is, as often as it likes.
 */
export type Answers = {
  readonly [N in CallName]: (
    args: ArgsOf<N>,
    signal: AbortSignal,
    onProgress: (doneBytes: Bytes) => void,
  ) => Promise<Result<ValueOf<N>, EngineError>>
}

export interface CallServer {
  /** Never rejects: what an answer throws becomes `engine/bug`. */
  serve(request: Request): Promise<void>
  /** Aborts the call's signal. An id that was answered already, or never asked, is ignored. */
  cancel(id: CallId): void
}

/** Answers every request exactly once, also when the answer throws or the page cancels. */
export function makeCallServer(answers: Answers, post: (message: FromEngine) => void): CallServer {
  const running = new Map<CallId, AbortController>()

  return {
    async serve(request) {
      const { id } = request
      const controller = new AbortController()
      running.set(id, controller)
      try {
        const onProgress = makeReport((doneBytes) => post({ type: 'progress', id, doneBytes }))
        const result = await answer(answers, request, controller.signal, onProgress)
        // Inside the `try`: a value that cannot be cloned is a bug the page has to hear of, too.
        post({ type: 'reply', id, result })
      } catch (thrown) {
        post(
          controller.signal.aborted
            ? { type: 'cancelled', id }
            : { type: 'reply', id, result: err({ kind: 'engine/bug', cause: toCause(thrown) }) },
        )
      } finally {
        running.delete(id)
      }
    },

    cancel(id) {
      running.get(id)?.abort()
    },
  }
}

/** Ties the name of a call to its arguments, which a union of requests alone does not. */
function answer<N extends CallName>(
  answers: Answers,
  request: Request<N>,
  signal: AbortSignal,
  onProgress: (doneBytes: Bytes) => void,
): Promise<Result<ValueOf<N>, EngineError>> {
  return answers[request.call](request.args, signal, onProgress)
}

/** What is over in a moment says nothing. */
function makeReport(tell: (doneBytes: Bytes) => void): (doneBytes: Bytes) => void {
  let toldAt = performance.now()
  return (doneBytes) => {
    const now = performance.now()
    if (now - toldAt < REPORT_INTERVAL) return
    toldAt = now
    tell(doneBytes)
  }
}
