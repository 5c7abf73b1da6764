import type { OutsideFolders } from './contracts/outside-folders.ts'
import type { DeliveredFile, PickedPlace } from './contracts/record-store.ts'
import { safeFilePaths } from './file-names.ts'
import type { EngineError } from './model/errors.ts'
import type { FileIndex } from './model/ids.ts'
import type { Metainfo } from './model/metainfo.ts'
import type { Result } from './model/result.ts'

export interface DeliveryDeps {
  readonly folders: OutsideFolders
  readonly root: FileSystemDirectoryHandle
  readonly metainfo: Metainfo
  readonly delivered: readonly DeliveredFile[]
  /** Wanted, and all of its bytes are here. */
  isReady(file: FileIndex): boolean
  /** A finished file, proved. */
  read(file: FileIndex): Promise<Result<File, EngineError>>
  /** Remembers that it is there. */
  onDelivered(all: readonly DeliveredFile[]): void
  onFailure(error: EngineError): void
  /** Every file of the torrent lies there now, in the order of the metainfo. */
  onAll(place: PickedPlace): void
}

/** Brings finished files out into a folder of the person's, one after the other. */
export interface Delivery {
  /** A file may have become ready, or the folder usable again. */
  look(): void
  /** Gives up the file that is being written; the rest stays where it is. Resolves when it is quiet. */
  stop(): Promise<void>
}

export function makeDelivery(deps: DeliveryDeps): Delivery {
  const { folders, root, metainfo } = deps
  const paths = safeFilePaths(metainfo.files.map(({ path }) => path))
  let delivered = deps.delivered
  let stopping = new AbortController()
  let running: Promise<void> | null = null
  let again = false

  const there = new Set(delivered.map(({ file }) => file))

  const next = (): FileIndex | null => {
    const file = metainfo.files.findIndex((_, file) => !there.has(file) && deps.isReady(file))
    return file === -1 ? null : file
  }

  const deliver = async (
    file: FileIndex,
    signal: AbortSignal,
  ): Promise<Result<void, EngineError>> => {
    const allowed = await folders.mayWrite(root)
    if (!allowed.ok) return allowed
    const content = await deps.read(file)
    if (!content.ok) return content
    const put = await folders.put(root, paths[file]!.split('/'), content.value, signal)
    if (!put.ok) return put
    delivered = [...delivered, { file, ...put.value }]
    there.add(file)
    deps.onDelivered(delivered)
    return { ok: true, value: undefined }
  }

  const run = async (signal: AbortSignal): Promise<void> => {
    await Promise.resolve() // whoever began this has `running` first
    try {
      while (again && !signal.aborted) {
        again = false
        for (let file = next(); file !== null && !signal.aborted; file = next()) {
          const done = await deliver(file, signal)
          if (!done.ok) return deps.onFailure(done.error)
        }
        const all = delivered.length === metainfo.files.length
        if (all) deps.onAll(placeOf(root, metainfo, delivered))
      }
    } catch (thrown) {
      if (!signal.aborted) throw thrown
    } finally {
      // In the very task that found nothing more: who looks now begins anew.
      running = null
    }
  }

  return {
    look() {
      again = true
      if (running !== null) return
      stopping = new AbortController()
      running = run(stopping.signal)
    },

    async stop() {
      stopping.abort(new DOMException('the torrent rests', 'AbortError'))
      await running
    },
  }
}

function placeOf(
  root: FileSystemDirectoryHandle,
  { files }: Metainfo,
  delivered: readonly DeliveredFile[],
): PickedPlace {
  const byFile = new Map(delivered.map((one) => [one.file, one]))
  return {
    kind: 'picked',
    roots: [root],
    files: files.map(({ length }, file) => {
      const { names, modifiedAt } = byFile.get(file)!
      return { root: 0, names, length, modifiedAt }
    }),
  }
}
