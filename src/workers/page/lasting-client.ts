import type { EnginePhase, EngineState } from '../../engine/model/engine-state.ts'
import type { EngineError } from '../../engine/model/errors.ts'
import { makeKeptState } from '../../engine/model/kept-state.ts'
import { err, ok, type Result } from '../../engine/model/result.ts'
import type { ArgsOf, CallName, Notice, ValueOf } from '../protocol/control.ts'
import type { CallOptions, EngineClient } from '../protocol/engine-client.ts'
import { SAFE_TO_REPEAT } from '../protocol/safe-to-repeat.ts'
import { reasonOf } from './engine-client.ts'
import { makeListeners } from './listeners.ts'

/** More calls than a person makes while an engine starts; a script that makes them is told so. */
export const MOST_WAITING_CALLS = 256

/** The engine behind the client, which comes and goes. Only `spawn-engine.ts` uses this end. */
export interface LastingClient {
  /** The page's client, the same for the page's life. Never without an answer. */
  readonly client: EngineClient
  /**
   * Calls go to this engine from now on, those that waited first. With `repeats` a call that is
   * safe to repeat is asked of the next engine, once, if this one goes before it answers: not for
   * an engine of this page's own, which a call may have been what ended it.
   */
  readonly attach: (engine: EngineClient, options?: { readonly repeats?: boolean }) => void
  /** There is no engine; `phase` says why, and everybody who listens is told. */
  readonly detach: (phase: EnginePhase) => void
  /** Hands on what an engine tells. */
  readonly pass: (notice: Notice) => void
}

/**
 * A client that outlives engines. While one starts, or another tab has it, calls wait; when there
 * will be none they are answered with the reason. `state.sync` is answered always: without an
 * engine it is what was last known, under the phase the page knows itself.
 */
export function makeLastingClient(): LastingClient {
  const kept = makeKeptState()
  const notices = makeListeners<Notice>()
  const waiting = new Set<WaitingCall>()
  let phase: EnginePhase = { name: 'starting' }
  let engine: EngineClient | null = null
  let repeats = false
  let revision = 0

  /** A copy, as if it had crossed a thread: a Solid store writes into what it is given. */
  const lastKnown = (): EngineState => structuredClone({ revision, ...kept.current() })

  const sync = async (): Promise<Result<EngineState, EngineError>> => {
    const synced = await engine?.call('state.sync', null)
    return synced?.ok ? synced : ok(lastKnown())
  }

  const call: EngineClient['call'] = (name, args, options) => {
    const signal = options?.signal
    if (signal?.aborted) return Promise.reject(reasonOf(signal))
    if (name === 'state.sync') return sync()
    if (engine === null) return waitAndAsk(name, args, options)
    return repeats && SAFE_TO_REPEAT[name]
      ? askTwice(engine, name, args, options)
      : engine.call(name, args, options)
  }

  const askTwice = async <N extends CallName>(
    first: EngineClient,
    ...[name, args, options]: CallOf<N>
  ): Promise<AnswerTo<N>> => {
    const answer = await first.call(name, args, options)
    if (answer.ok || answer.error.kind !== 'engine/lost') return answer
    if (engine !== null && engine !== first) return engine.call(name, args, options)
    return waitAndAsk(name, args, options)
  }

  /** Until there is an engine, as far as one may come. */
  const waitAndAsk = <N extends CallName>(
    ...[name, args, options]: CallOf<N>
  ): Promise<AnswerTo<N>> => {
    const signal = options?.signal
    if (signal?.aborted) return Promise.reject(reasonOf(signal))
    const refusal = refusalIn(phase, waiting.size)
    if (refusal !== null) return Promise.resolve(err(refusal))

    return new Promise((resolve, reject) => {
      const leave = () => {
        waiting.delete(entry)
        signal?.removeEventListener('abort', abort)
      }
      const abort = () => {
        leave()
        reject(reasonOf(signal))
      }
      const entry: WaitingCall = {
        send(to) {
          leave()
          resolve(to.call(name, args, options))
        },
        refuse(error) {
          leave()
          resolve(err(error))
        },
      }
      waiting.add(entry)
      signal?.addEventListener('abort', abort, { once: true })
    })
  }

  return {
    client: { call, onNotice: notices.add },

    attach(next, options) {
      engine = next
      repeats = options?.repeats === true
      for (const entry of [...waiting]) entry.send(next)
    },

    detach(next) {
      engine = null
      phase = next
      const refusal = refusalIn(phase, 0)
      if (refusal !== null) for (const entry of [...waiting]) entry.refuse(refusal)
      kept.put({ type: 'engine', engine: phase })
      notices.tell({ type: 'state-replaced', state: lastKnown() })
    },

    pass(notice) {
      if (notice.type === 'state-replaced') {
        kept.replace(notice.state)
        revision = notice.state.revision
      } else if (notice.type === 'state-changed') {
        for (const change of notice.changes) kept.put(change)
        revision = notice.revision
      }
      notices.tell(notice)
    },
  }
}

type CallOf<N extends CallName> = readonly [name: N, args: ArgsOf<N>, options?: CallOptions]
type AnswerTo<N extends CallName> = Result<ValueOf<N>, EngineError>

interface WaitingCall {
  send(engine: EngineClient): void
  refuse(error: EngineError): void
}

/** Why a call is not kept until there is an engine; null when it is. */
function refusalIn(phase: EnginePhase, alreadyWaiting: number): EngineError | null {
  if (phase.name === 'failed') return phase.error
  if (phase.name === 'stopping') return { kind: 'engine/lost' }
  if (alreadyWaiting < MOST_WAITING_CALLS) return null
  return phase.name === 'waiting' ? { kind: 'engine/held-elsewhere' } : { kind: 'engine/lost' }
}
