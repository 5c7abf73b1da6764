import type { InfoHash } from '../model/ids.ts'
import type { PrivacySnapshot } from '../model/private-swarm.ts'
import type { Overlay } from './overlay.ts'
import type { OverlayPart, OverlaySearch } from './overlay-road.ts'

/** The overlay as the rest of the engine holds it: nothing of it is loaded before `start`. */
export interface LazyOverlay extends Pick<
  Overlay,
  'join' | 'iceServers' | 'settingsChanged' | 'online' | 'stop'
> {
  /** Left out for public torrents, and before it is loaded. */
  privacy(infoHash: InfoHash): PrivacySnapshot | undefined
  /** Loads it, after everything that a person waits for. */
  start(): void
  /** Loads it if that has not begun. */
  loaded(): Promise<Overlay>
}

export function makeLazyOverlay(load: () => Promise<Overlay>): LazyOverlay {
  const waiting = new Set<(overlay: Overlay) => void>()
  let overlay: Overlay | null = null
  let loading: Promise<Overlay> | null = null
  let stopped = false

  const loaded = (): Promise<Overlay> => {
    loading ??= load().then(async (made) => {
      overlay = made
      if (stopped) await made.stop()
      for (const begin of waiting) begin(made)
      waiting.clear()
      return made
    })
    // Its code may not come over a bad network: the next to ask, or the network's return, tries again.
    loading.catch(() => (loading = null))
    return loading
  }
  const start = () => void loaded().catch(() => {})

  /** Begins when the overlay is there, unless it was left before. */
  const joinLater = (search: OverlaySearch): OverlayPart => {
    let part: OverlayPart | null = null
    const begin = (made: Overlay) => (part = made.join(search))
    waiting.add(begin)
    return {
      get known() {
        return part?.known ?? null
      },
      get connecting() {
        return part?.connecting ?? 0
      },
      hungry: () => part?.hungry(),
      leave() {
        waiting.delete(begin)
        part?.leave()
      },
    }
  }

  return {
    start,
    loaded,
    join: (search) => overlay?.join(search) ?? joinLater(search),
    privacy: (infoHash) => overlay?.private.privacy(infoHash),
    iceServers: () => overlay?.iceServers() ?? [],
    settingsChanged: () => overlay?.settingsChanged(),
    online: () => (overlay === null ? start() : overlay.online()),
    async stop() {
      stopped = true
      await overlay?.stop()
    },
  }
}
