import { createSignal, onCleanup, type Accessor } from 'solid-js'

/** The device's own word about its network: false is certain, true is a hope. */
export function createOnline(): Accessor<boolean> {
  const [online, setOnline] = createSignal(navigator.onLine)
  const listeners = new AbortController()
  const { signal } = listeners
  window.addEventListener('online', () => setOnline(true), { signal })
  window.addEventListener('offline', () => setOnline(false), { signal })
  onCleanup(() => listeners.abort())
  return online
}
