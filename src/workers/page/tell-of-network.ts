import type { EngineClient } from '../protocol/engine-client.ts'

export interface TellOfNetworkDeps {
  readonly client: EngineClient
  /** The window: `online` and `pageshow`. */
  readonly page: Pick<EventTarget, 'addEventListener'>
  /** `visibilitychange`: a person comes back, often to a device that slept. */
  readonly document: Pick<Document, 'visibilityState' | 'addEventListener'>
  /** `navigator.connection`, where there is one: another network, another address. */
  readonly connection: Pick<EventTarget, 'addEventListener'> | undefined
}

/** Tells the engine whenever the network may have come back, as only a page is told everywhere. */
export function tellOfNetwork({ client, page, document, connection }: TellOfNetworkDeps): void {
  const wake = () => void client.call('engine.wake', null)

  page.addEventListener('online', wake)
  page.addEventListener('pageshow', (event) => {
    // Events of this name are `PageTransitionEvent`s; the first of a page has nothing to bring back.
    if ((event as PageTransitionEvent).persisted) wake()
  })
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') wake()
  })
  connection?.addEventListener('change', wake)
}
