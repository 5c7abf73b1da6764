import type { StreamHandler } from '@libp2p/interface'
import type { ConnectionManager, Registrar } from '@libp2p/interface-internal'

/**
 * The components of a libp2p service, with each handler that it registers wrapped.
 *
 * (Middleware is no way to get before a handler: libp2p 3.3.11 appends the handler to the list of
 * middleware it was given, so that each stream is handled once more often than the one before.)
 */
export function withHandlers<C extends { readonly registrar: Registrar }>(
  components: C,
  wrap: (handler: StreamHandler) => StreamHandler,
): C {
  const { registrar } = components
  const handle: Registrar['handle'] = (protocol, handler, options) =>
    registrar.handle(protocol, wrap(handler), options)
  return replacing(components, 'registrar', replacing(registrar, 'handle', handle))
}

/**
 * The components of a libp2p service, which sees a peer's newest connection first: the one that
 * works when a peer has come back before its old connection is known to be dead.
 */
export function withNewestFirst<C extends { readonly connectionManager: ConnectionManager }>(
  components: C,
): C {
  const { connectionManager } = components
  const getConnections: ConnectionManager['getConnections'] = (peer) =>
    [...connectionManager.getConnections(peer)].reverse()
  return replacing(
    components,
    'connectionManager',
    replacing(connectionManager, 'getConnections', getConnections),
  )
}

/** `target` with another `name`; its methods keep their own `this`, private fields and all. */
function replacing<T extends object, K extends keyof T>(target: T, name: K, value: T[K]): T {
  return new Proxy(target, {
    get(original, wanted) {
      if (wanted === name) return value
      const member: unknown = Reflect.get(original, wanted, original)
      return typeof member === 'function' ? (member.bind(original) as unknown) : member
    },
  })
}
