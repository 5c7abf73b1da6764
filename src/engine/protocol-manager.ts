import type { ProtocolHandler } from './contracts/protocol-handler.ts'
import type { EngineError } from './model/errors.ts'
import { err, ok, type Result } from './model/result.ts'
import type { TorrentSource } from './model/torrent.ts'
import { readSource } from './source-text.ts'

/** Decides which handler takes a source. */
export interface ProtocolManager {
  /** Reads what a person typed, or takes a source as it is, and names the first handler for it. */
  handlerFor(source: TorrentSource | string): Result<Route, EngineError>
}

export interface Route {
  readonly handler: ProtocolHandler
  readonly source: TorrentSource
}

/** Handlers are asked in this order: the most particular first. */
export function makeProtocolManager(handlers: readonly ProtocolHandler[]): ProtocolManager {
  return {
    handlerFor(given) {
      const source = typeof given === 'string' ? readSource(given) : ok(given)
      if (!source.ok) return source
      const handler = handlers.find((one) => one.supports(source.value))
      if (handler === undefined) return err({ kind: 'input/source', reason: 'unknown' })
      return ok({ handler, source: source.value })
    },
  }
}
