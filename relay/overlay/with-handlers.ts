import type { StreamHandler } from '@libp2p/interface'
import type { Registrar } from '@libp2p/interface-internal'

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

  const wrapping = new Proxy(registrar, {
    get(target, name) {
      if (name === 'handle') return handle
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
  return new Proxy(components, {
    get: (target, name) =>
      name === 'registrar' ? wrapping : (Reflect.get(target, name, target) as unknown),
  })
}
