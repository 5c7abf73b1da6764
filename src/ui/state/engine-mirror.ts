import { batch } from 'solid-js'
import { createStore, produce, reconcile, type Store } from 'solid-js/store'
import {
  emptyEngineState,
  type CreationSnapshot,
  type EngineChange,
  type EngineState,
} from '../../engine/model/engine-state.ts'
import type { EngineError } from '../../engine/model/errors.ts'
import type { CreationId, InfoHash } from '../../engine/model/ids.ts'
import { unreachable } from '../../engine/model/result.ts'
import type { TorrentSnapshot } from '../../engine/model/torrent.ts'
import type { EngineClient } from '../../workers/protocol/engine-client.ts'

// Solid's path setters reject `readonly` keys, so only this file sees a writable shape.
type Writable<T> = { -readonly [K in keyof T]: T[K] }
type MirrorState = Writable<Omit<EngineState, 'torrents' | 'creating'>> & {
  torrents: Record<InfoHash, TorrentSnapshot>
  creating: Record<CreationId, CreationSnapshot>
}

export interface EngineMirror {
  readonly state: Store<EngineState>
  stop(): void
}

/**
 * A copy of the engine's state for the UI to read. `make`, not `create`: it
 * lives as long as the page and is stopped by hand, not by a Solid owner.
 * Listens first and asks second, so that no change falls between.
 */
export function makeEngineMirror(client: EngineClient): EngineMirror {
  const [state, setState] = createStore<MirrorState>(emptyEngineState())
  let syncing = false
  let stopped = false

  const resync = async () => {
    if (syncing) return
    syncing = true
    const synced = await client.call('state.sync', null)
    syncing = false
    if (stopped) return
    if (synced.ok) setState(reconcile(synced.value))
    else refuse(synced.error)
  }

  const refuse = (error: EngineError) => {
    if (!error.kind.startsWith('engine/')) return
    setState(
      'engine',
      reconcile(
        error.kind === 'engine/held-elsewhere' ? { name: 'waiting' } : { name: 'failed', error },
      ),
    )
  }

  const apply = (change: EngineChange): void => {
    switch (change.type) {
      case 'engine':
        return setState('engine', reconcile(change.engine))
      case 'storage':
        return setState('storage', reconcile(change.storage))
      case 'overlay':
        return setState('overlay', reconcile(change.overlay))
      case 'torrent':
        return setState('torrents', change.torrent.infoHash, reconcile(change.torrent))
      case 'torrent-removed':
        return setState(
          'torrents',
          produce((torrents) => void delete torrents[change.infoHash]),
        )
      case 'creation':
        return setState('creating', change.creation.id, reconcile(change.creation))
      case 'creation-ended':
        return setState(
          'creating',
          produce((creating) => void delete creating[change.id]),
        )
      default:
        return unreachable(change)
    }
  }

  const unlisten = client.onNotice((notice) => {
    switch (notice.type) {
      case 'state-replaced':
        return setState(reconcile(notice.state))
      case 'state-changed':
        // The answer to a sync under way is at least as new as this.
        if (syncing) return
        if (notice.revision !== state.revision + 1) return void resync()
        return batch(() => {
          for (const change of notice.changes) apply(change)
          setState('revision', notice.revision)
        })
      case 'trouble':
        return // shown as a toast by `notices.ts`, which listens for itself
      default:
        return unreachable(notice)
    }
  })

  void resync()

  return {
    state,
    stop() {
      stopped = true
      unlisten()
    },
  }
}
