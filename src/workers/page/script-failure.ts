import type { EngineError } from '../../engine/model/errors.ts'
import type { Result } from '../../engine/model/result.ts'

/** The value, or the failure thrown. */
export function valueOf<Value>(result: Result<Value, EngineError>): Value {
  if (result.ok) return result.value
  throw failure(result.error)
}

/** A script reads the `cause`; the message is for whoever meets it in a console. */
export function failure(error: EngineError): Error {
  const { kind, ...facts } = error
  const words = Object.entries(facts)
    .filter(([, fact]) => typeof fact !== 'object')
    .map(([name, fact]) => `${name}: ${String(fact)}`)
  const message = words.length === 0 ? kind : `${kind} (${words.join(', ')})`
  return new Error(`Chiral could not do that: ${message}`, { cause: error })
}
