import type { InfoHash } from '../model/ids.ts'
import type { Bytes } from '../model/units.ts'
import { METAINFO_FILE, openOpfsFolder, type OpfsFolder } from './opfs-folder.ts'
import type { HandlePool } from './opfs-handles.ts'
import { isNotFound } from './storage-error.ts'

/**
 * The folder of one torrent, opened when it is first used: a thousand torrents at rest hold no
 * file, and cost nothing at the start. Rejects as `openOpfsFolder` does.
 */
export interface OpfsTorrentFolder {
  /** For reading: null when there is no folder, and none is made. */
  existing(): Promise<OpfsFolder | null>
  /** For writing: made when it is not there, with the metainfo in it. */
  made(): Promise<OpfsFolder>
  /** What is open, if anything is. */
  open(): Promise<OpfsFolder | null>
  /** The folder went away while it was open: the next use opens it anew. */
  lost(): Promise<void>
  close(): Promise<void>
}

export function makeOpfsTorrentFolder(
  parent: () => Promise<FileSystemDirectoryHandle>,
  infoHash: InfoHash,
  pool: HandlePool,
  metainfo: Uint8Array<ArrayBuffer> | undefined,
): OpfsTorrentFolder {
  let opening: Promise<OpfsFolder> | null = null
  let absent = false
  let described = metainfo === undefined

  const open = (create: boolean): Promise<OpfsFolder> => {
    if (opening !== null) return opening
    const begun = parent().then((torrents) => openOpfsFolder(torrents, infoHash, pool, { create }))
    opening = begun
    begun.catch(() => {
      if (opening === begun) opening = null
    })
    return begun
  }

  const close = async (): Promise<void> => {
    const folder = await opening?.catch(() => null)
    opening = null
    await folder?.close()
  }

  return {
    async existing() {
      if (absent) return null
      try {
        return await open(false)
      } catch (thrown) {
        if (!isNotFound(thrown)) throw thrown
        absent = true
        return null
      }
    },

    async made() {
      let folder: OpfsFolder
      try {
        folder = await open(true)
      } catch (thrown) {
        // A reader that was to make nothing was first.
        if (!isNotFound(thrown)) throw thrown
        folder = await open(true)
      }
      absent = false
      if (!described) await describe(folder, metainfo!)
      described = true
      return folder
    },

    async open() {
      return (await opening?.catch(() => null)) ?? null
    },

    async lost() {
      absent = false
      described = metainfo === undefined
      await close()
    },

    close,
  }
}

/** An older version of the app wrote none; a crash may have left half of it. */
async function describe(folder: OpfsFolder, metainfo: Uint8Array<ArrayBuffer>): Promise<void> {
  const file = folder.file(METAINFO_FILE)
  const written: Bytes = await file.size()
  if (written === metainfo.length) return
  const count = await file.write(metainfo, 0)
  if (count < metainfo.length) {
    throw new DOMException('no room for the metainfo', 'QuotaExceededError')
  }
  await file.close()
}
