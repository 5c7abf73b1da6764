import { createStore } from 'solid-js/store'
import type { EngineError } from '../../engine/model/errors.ts'
import type { InfoHash } from '../../engine/model/ids.ts'
import type { FileEntry, TorrentSnapshot } from '../../engine/model/torrent.ts'
import type { Bytes } from '../../engine/model/units.ts'
import type { SaveOut, SavePlace } from '../../workers/protocol/save-out.ts'

/** A saving under way. */
export interface Saving {
  readonly doneBytes: Bytes
  readonly totalBytes: Bytes
  /** A file that is read and proved before it leaves, where that takes a while. */
  readonly checking: Checking | null
}

export interface Checking {
  readonly path: string
  readonly doneBytes: Bytes
  readonly length: Bytes
}

export interface SaveFlow {
  /** Whether files can go into a folder of the person's choice. */
  readonly folders: boolean
  /** Asks for a folder to write into; null when none was chosen. In the task of a click. */
  chooseFolder(): Promise<FileSystemDirectoryHandle | null>
  /** Null while nothing of this torrent is being saved. Tracked. */
  running(infoHash: InfoHash): Saving | null
  /** Whether anything is being saved: it ends with the page. */
  readonly isBusy: () => boolean
  /** Call it in the task of a click: the browser opens its chooser for nothing else. */
  start(torrent: TorrentSnapshot, files: readonly FileEntry[], form: 'zip' | 'folder'): void
  cancel(infoHash: InfoHash): void
}

export interface SaveFlowDeps {
  readonly saveOut: SaveOut
  readonly onSaved: (torrent: TorrentSnapshot, place: SavePlace) => void
  readonly onFailed: (torrent: TorrentSnapshot, error: EngineError) => void
}

/** Files that may leave: wanted, and all there. */
export function savableFiles(files: readonly FileEntry[]): readonly FileEntry[] {
  return files.filter((file) => file.wanted && file.haveBytes >= file.length)
}

/** From a click to files on the disk. One saving of a torrent at a time. */
export function createSaveFlow({ saveOut, onSaved, onFailed }: SaveFlowDeps): SaveFlow {
  const [running, setRunning] = createStore<Record<InfoHash, Saving>>({})
  const controllers = new Map<InfoHash, AbortController>()

  const save = async (
    torrent: TorrentSnapshot,
    files: readonly FileEntry[],
    form: 'zip' | 'folder',
  ) => {
    const { infoHash, name } = torrent
    if (controllers.has(infoHash) || files.length === 0) return
    const controller = new AbortController()
    controllers.set(infoHash, controller)
    try {
      const place = await saveOut.choose(form, name)
      if (place === null) return
      const totalBytes = files.reduce((sum, file) => sum + file.length, 0)
      setRunning(infoHash, { doneBytes: 0, totalBytes, checking: null })
      const entries = files.map(({ index, path, length }) => ({ file: index, path, length }))
      const saved = await saveOut.save({ infoHash, entries, name }, place, {
        signal: controller.signal,
        onProgress: (doneBytes) => setRunning(infoHash, { doneBytes, checking: null }),
        onChecking: ({ path, length }, doneBytes) =>
          setRunning(infoHash, { checking: { path, length, doneBytes } }),
      })
      if (saved === null) return
      if (saved.ok) onSaved(torrent, place)
      else onFailed(torrent, saved.error)
    } catch (thrown) {
      if (!controller.signal.aborted) throw thrown
    } finally {
      controllers.delete(infoHash)
      // Solid's way to take an entry out of a store.
      setRunning(infoHash, undefined!)
    }
  }

  return {
    folders: saveOut.folders,
    async chooseFolder() {
      const place = await saveOut.choose('folder', '')
      return place?.kind === 'folder' ? place.handle : null
    },
    isBusy: () => controllers.size > 0,
    running: (infoHash) => running[infoHash] ?? null,
    start: (torrent, files, form) => void save(torrent, files, form),
    cancel: (infoHash) => controllers.get(infoHash)?.abort(),
  }
}
