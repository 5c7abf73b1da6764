import type { EngineClient } from '../protocol/engine-client.ts'

export interface AskToPersistDeps {
  readonly client: EngineClient
  /** `navigator.storage`: a worker may not ask (`persist` is `[Exposed=Window]`). */
  readonly storage: Pick<StorageManager, 'persist'>
}

/**
 * Asks the browser not to evict what is stored, once there is a torrent to lose (some browsers
 * ask the person, and nothing is at stake before), and tells each engine the answer. Returns the
 * function that stops it.
 */
export function askToPersist({ client, storage }: AskToPersistDeps): () => void {
  let asked: Promise<boolean> | undefined

  const grant = async () => {
    asked ??= storage.persist().catch(() => false)
    await client.call('storage.grant', { persisted: await asked })
  }

  return client.onNotice((notice) => {
    if (notice.type === 'trouble') return
    if (notice.type === 'state-replaced') {
      const { engine, torrents } = notice.state
      if (engine.name === 'running' && Object.keys(torrents).length > 0) void grant()
    } else if (asked === undefined && notice.changes.some(({ type }) => type === 'torrent')) {
      void grant()
    }
  })
}
