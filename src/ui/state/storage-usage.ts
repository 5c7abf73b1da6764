import { createEffect, createSignal, on, onCleanup, type Accessor } from 'solid-js'
import { createStore, reconcile } from 'solid-js/store'
import type { StorageUsage } from '../../engine/model/engine-state.ts'
import type { EngineError } from '../../engine/model/errors.ts'
import { SECOND, type Millis } from '../../engine/model/units.ts'
import type { EngineClient } from '../../workers/protocol/engine-client.ts'

/** Measuring walks through every stored file: not more often than someone would notice. */
const LOOK_AGAIN: Millis = 3 * SECOND

export interface WatchedUsage {
  /** Null before the first answer. */
  readonly usage: () => StorageUsage | null
  /** Why there is no answer; null while there is one. */
  readonly error: Accessor<EngineError | null>
  readonly look: () => void
}

/** Who uses the space, for as long as someone looks; at once anew when `changes` does. */
export function createStorageUsage(client: EngineClient, changes: Accessor<unknown>): WatchedUsage {
  const [store, setStore] = createStore<{ usage: StorageUsage | null }>({ usage: null })
  const [error, setError] = createSignal<EngineError | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  let looks = 0

  const look = async () => {
    const mine = (looks += 1)
    clearTimeout(timer)
    if (document.visibilityState === 'visible') {
      const answer = await client.call('storage.usage', null)
      if (mine !== looks) return
      setError(answer.ok ? null : answer.error)
      if (answer.ok) setStore('usage', reconcile(answer.value, { key: 'infoHash' }))
    }
    timer = setTimeout(() => void look(), LOOK_AGAIN)
  }

  createEffect(on(changes, () => void look()))
  onCleanup(() => {
    looks += 1
    clearTimeout(timer)
  })

  return { usage: () => store.usage, error, look: () => void look() }
}
