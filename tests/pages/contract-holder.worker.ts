import { makeOpfsPieceStores } from '../../src/engine/adapters/opfs-piece-store.ts'
import { leavePiecesIn } from '../contract/opfs-visits.ts'

// Writes a torrent's pieces below the folder it is given, and holds it until it is terminated.
addEventListener('message', ({ data }: MessageEvent<FileSystemDirectoryHandle>) => {
  leavePiecesIn(makeOpfsPieceStores(data), { close: false }).then(
    () => postMessage('flushed'),
    (thrown: unknown) => postMessage(String(thrown)),
  )
})
