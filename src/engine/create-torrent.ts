import type { PieceStores } from './contracts/piece-store.ts'
import type { PickedFile, PickedPlace, TorrentPlace } from './contracts/record-store.ts'
import { makeMetainfo, type MakeMetainfoOptions } from './make-metainfo.ts'
import type { CreationSnapshot } from './model/engine-state.ts'
import type { EngineError } from './model/errors.ts'
import type { CreationId, InfoHash } from './model/ids.ts'
import type { Metainfo } from './model/metainfo.ts'
import { ok, type Result } from './model/result.ts'
import type { SeedFile } from './model/torrent.ts'
import { copyIntoStore } from './storage/copy-into-store.ts'

export interface CreateTorrentDeps {
  readonly stores: PieceStores
  readonly onCreation: (creation: CreationSnapshot) => void
  /** Whether such a torrent is there: then its bytes are, too. */
  readonly has: (infoHash: InfoHash) => boolean
}

export interface CreatedTorrent {
  readonly metainfo: Metainfo
  /** Where its bytes lie now, all of them good. */
  readonly place: TorrentPlace
}

/**
 * Makes a torrent of files: hashes them, and, unless each came with a handle to read it by later,
 * copies them into the store. Rejects with `signal.reason` only.
 */
export async function createTorrent(
  { stores, onCreation, has }: CreateTorrentDeps,
  id: CreationId,
  files: readonly SeedFile[],
  options: MakeMetainfoOptions,
  signal: AbortSignal,
): Promise<Result<CreatedTorrent, EngineError>> {
  const name = options.name ?? files[0]?.path.split('/')[0] ?? ''
  const totalBytes = files.reduce((sum, { file }) => sum + file.size, 0)
  const report = (step: CreationSnapshot['step']) => (doneBytes: number) =>
    onCreation({ id, name, step, doneBytes, totalBytes })

  report('hashing')(0)
  const made = await makeMetainfo(files, options, { signal, onProgress: report('hashing') })
  if (!made.ok) return made
  const { metainfo, sources } = made.value

  const place = pickedPlace(files, sources)
  if (place !== null || has(metainfo.infoHash)) {
    return ok({ metainfo, place: place ?? { kind: 'own' } })
  }
  const copied = await copyIntoStore(stores, metainfo, sources, {
    signal,
    onProgress: report('copying'),
  })
  return copied.ok ? ok({ metainfo, place: { kind: 'own' } }) : copied
}

/** Null when there is a file without a handle. `sources` are in the order of the metainfo. */
function pickedPlace(files: readonly SeedFile[], sources: readonly File[]): PickedPlace | null {
  const given = new Map(files.map((seed) => [seed.file, seed]))
  const roots: PickedPlace['roots'][number][] = []
  const numbers = new Map<PickedPlace['roots'][number], number>()
  const picked: PickedFile[] = []
  for (const file of sources) {
    const { handle, path } = given.get(file) ?? {}
    if (handle === undefined || path === undefined) return null
    const root = numbers.get(handle) ?? roots.push(handle) - 1
    numbers.set(handle, root)
    picked.push({
      root,
      names: handle.kind === 'file' ? [] : path.split('/').slice(1),
      length: file.size,
      modifiedAt: file.lastModified,
    })
  }
  return { kind: 'picked', roots, files: picked }
}
