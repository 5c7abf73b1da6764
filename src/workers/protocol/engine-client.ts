import type { EngineError } from '../../engine/model/errors.ts'
import type { Result } from '../../engine/model/result.ts'
import type { ArgsOf, CallName, Notice, ValueOf } from './control.ts'

/** The engine as a page sees it. The UI knows this interface and nothing behind it. */
export interface EngineClient {
  /** Answers with a `Result`; rejects only with `signal.reason`. */
  call<N extends CallName>(
    name: N,
    args: ArgsOf<N>,
    options?: { readonly signal?: AbortSignal },
  ): Promise<Result<ValueOf<N>, EngineError>>

  /** Returns the function that stops listening. */
  onNotice(listener: (notice: Notice) => void): () => void
}
