import { makeKeptState } from '../../engine/model/kept-state.ts'
import type { EngineClient } from '../protocol/engine-client.ts'
import type { Locks } from './engine-lock.ts'

/** Held by the tab that is asking. */
const ASKING_LOCK = 'chiral-asks-to-keep'

export interface AskToPersistDeps {
  readonly client: EngineClient
  /** `navigator.storage`: a worker may not ask (`persist` is `[Exposed=Window]`). */
  readonly storage: Pick<StorageManager, 'persist'>
  /** Undefined where the browser has none; then there is no engine either. */
  readonly locks: Locks | undefined
  readonly document: Pick<Document, 'visibilityState' | 'addEventListener'>
}

/**
 * Asks the browser not to evict what is stored, once there is a torrent to lose (some browsers
 * ask the person, and nothing is at stake before), and tells the engine the answer. Of all tabs
 * that an engine serves one asks, and one that is in front: Firefox shows its question there.
 */
export function askToPersist({ client, storage, locks, document }: AskToPersistDeps): void {
  const kept = makeKeptState()
  /** A tab asks once, however many engines it sees. */
  let answer: Promise<boolean> | undefined
  let busy = false

  const isDue = () => {
    const { engine, storage } = kept.current()
    return (
      engine.name === 'running' &&
      !storage.persisted &&
      !storage.asked &&
      kept.torrents().length > 0 &&
      document.visibilityState === 'visible'
    )
  }

  const ask = async () => {
    answer ??= storage.persist().catch(() => false)
    await client.call('storage.grant', { persisted: await answer })
  }

  const look = async () => {
    if (busy || !isDue()) return
    busy = true
    try {
      await locks?.request(ASKING_LOCK, { ifAvailable: true }, async (lock) => {
        if (lock === null) return
        // Whoever had the lock before may have asked.
        const synced = await client.call('state.sync', null)
        if (synced.ok) kept.replace(synced.value)
        if (isDue()) await ask()
      })
    } finally {
      busy = false
    }
  }

  client.onNotice((notice) => {
    if (notice.type === 'trouble') return
    if (notice.type === 'state-replaced') kept.replace(notice.state)
    else for (const change of notice.changes) kept.put(change)
    void look()
  })
  document.addEventListener('visibilitychange', () => void look())
}
