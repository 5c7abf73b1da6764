import type { EngineError } from '../../engine/model/errors.ts'
import type { Result } from '../../engine/model/result.ts'
import type { Bytes } from '../../engine/model/units.ts'
import type { ArgsOf, CallName, Notice, ValueOf } from './control.ts'

/** The engine as a page sees it. The UI knows this interface and nothing behind it. */
export interface EngineClient {
  /** Answers with a `Result`; rejects only with `signal.reason`. */
  call<N extends CallName>(
    name: N,
    args: ArgsOf<N>,
    options?: CallOptions,
  ): Promise<Result<ValueOf<N>, EngineError>>

  /** Returns the function that stops listening. */
  onNotice(listener: (notice: Notice) => void): () => void
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined
  /** How far it is, of calls whose lines in `EngineCalls` say that they tell it. */
  readonly onProgress?: ((doneBytes: Bytes) => void) | undefined
}
