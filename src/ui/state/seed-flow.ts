import type { EngineError } from '../../engine/model/errors.ts'
import type { CreationId, InfoHash } from '../../engine/model/ids.ts'
import type { SeedFile, SeedOptions } from '../../engine/model/torrent.ts'
import type { EngineClient } from '../../workers/protocol/engine-client.ts'

export interface SeedFlow {
  /**
   * Makes a torrent of the files and seeds it. `name` is for loose files without a folder. Resolves
   * to why it was refused, or to null.
   */
  seed(
    files: readonly SeedFile[],
    name: string | null,
    options?: SeedOptions,
  ): Promise<EngineError | null>
  cancel(id: CreationId): void
}

export interface SeedFlowDeps {
  readonly client: EngineClient
  readonly onSeeded: (infoHash: InfoHash) => void
  readonly onDuplicate: (infoHash: InfoHash) => void
  readonly onRefused: (error: EngineError) => void
}

/** From files to a link. What is under way is in `EngineState.creating`; only the cancel is here. */
export function makeSeedFlow(deps: SeedFlowDeps): SeedFlow {
  const running = new Map<CreationId, AbortController>()
  let made = 0

  return {
    async seed(files, name, options = {}) {
      made += 1
      // Two pages of one origin may create at the same moment.
      const id = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}-${made}`
      const controller = new AbortController()
      running.set(id, controller)
      try {
        const seeded = await deps.client.call(
          'torrent.seed',
          { id, files, options: name === null ? options : { ...options, name } },
          { signal: controller.signal },
        )
        if (seeded.ok) deps.onSeeded(seeded.value.infoHash)
        else if (seeded.error.kind === 'input/duplicate') deps.onDuplicate(seeded.error.infoHash)
        // A passphrase is asked for again where it was written.
        else if (seeded.error.kind !== 'policy/passphrase') deps.onRefused(seeded.error)
        return seeded.ok ? null : seeded.error
      } catch (thrown) {
        if (!controller.signal.aborted) throw thrown
        return null
      } finally {
        running.delete(id)
      }
    },

    cancel(id) {
      running.get(id)?.abort()
    },
  }
}
