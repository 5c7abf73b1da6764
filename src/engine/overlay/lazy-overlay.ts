import type { Overlay } from './overlay.ts'

/** The overlay as the rest of the engine holds it: nothing of it is loaded before `start`. */
export interface LazyOverlay extends Pick<
  Overlay,
  'iceServers' | 'settingsChanged' | 'online' | 'stop'
> {
  /** Loads it, after everything that a person waits for. */
  start(): void
  /** Loads it if that has not begun. */
  loaded(): Promise<Overlay>
}

export function makeLazyOverlay(load: () => Promise<Overlay>): LazyOverlay {
  let overlay: Overlay | null = null
  let loading: Promise<Overlay> | null = null
  let stopped = false

  const loaded = (): Promise<Overlay> => {
    loading ??= load().then(async (made) => {
      overlay = made
      if (stopped) await made.stop()
      return made
    })
    return loading
  }

  return {
    start: () => void loaded(),
    loaded,
    iceServers: () => overlay?.iceServers() ?? [],
    settingsChanged: () => overlay?.settingsChanged(),
    online: () => overlay?.online(),
    async stop() {
      stopped = true
      await overlay?.stop()
    },
  }
}
