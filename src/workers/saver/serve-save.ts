import { outsideError } from '../../engine/adapters/outside-folder.ts'
import { storageError } from '../../engine/adapters/storage-error.ts'
import { zipLength, zipStream, type ZipEntry } from '../../engine/adapters/zip-stream.ts'
import type { EngineError } from '../../engine/model/errors.ts'
import type { FileIndex } from '../../engine/model/ids.ts'
import { err, ok, unreachable, type Result } from '../../engine/model/result.ts'
import { SECOND, type Bytes, type Millis } from '../../engine/model/units.ts'
import type { FromSaver, SaveEntry, SaveTarget, ToSaver } from '../protocol/save.ts'
import { DOWNLOAD_CANCELLED, feedPort } from './feed-port.ts'
import { gathered } from './gather-bytes.ts'
import {
  saveIntoFolder,
  saveZipFile,
  SaveFailure,
  zipEntriesOf,
  type SaveScope,
} from './save-job.ts'

const REPORT_INTERVAL: Millis = SECOND / 10

export interface SaveServer {
  receive(message: ToSaver): void
}

/** The save worker without its thread: one saving, from the order to `done` or `cancelled`. */
export function makeSaveServer(
  post: (message: FromSaver) => void,
  fetch: (url: string) => Promise<unknown>,
): SaveServer {
  const cancel = new AbortController()
  const waiting = new Map<FileIndex, (result: Result<File, EngineError>) => void>()

  const scope: SaveScope = {
    signal: cancel.signal,
    onBytes: makeReport((doneBytes) => post({ type: 'progress', doneBytes })),
    ask(file) {
      const { promise, resolve, reject } = Promise.withResolvers<Result<File, EngineError>>()
      waiting.set(file, resolve)
      cancel.signal.addEventListener('abort', () => reject(cancel.signal.reason))
      post({ type: 'wants', file })
      return promise
    },
  }

  const run = async (entries: readonly SaveEntry[], target: SaveTarget): Promise<void> => {
    switch (target.kind) {
      case 'zip-file':
        return saveZipFile(zipEntriesOf(entries, scope), target.handle, scope)
      case 'folder':
        return saveIntoFolder(entries, target.handle, scope)
      case 'zip-feed': {
        const zipped = await withFirstOpen(zipEntriesOf(entries, scope))
        const { port, alive } = target
        post({ type: 'measured', length: zipLength(zipped) })
        return feedPort(gathered(zipStream(zipped), scope.onBytes), {
          port,
          signal: cancel.signal,
          onReady: () => post({ type: 'feed-ready' }),
          keepAlive() {
            void fetch(alive).catch(() => undefined)
            post({ type: 'keep-alive' })
          },
        })
      }
      default:
        return unreachable(target)
    }
  }

  const save = async (entries: readonly SaveEntry[], target: SaveTarget): Promise<void> => {
    try {
      await run(entries, target)
      post({ type: 'done', result: ok(null) })
    } catch (thrown) {
      const cancelled = cancel.signal.aborted || thrown === DOWNLOAD_CANCELLED
      if (cancelled) post({ type: 'cancelled' })
      else post({ type: 'done', result: err(await errorOf(thrown, target)) })
    }
  }

  return {
    receive(message) {
      switch (message.type) {
        case 'save':
          return void save(message.entries, message.target)
        case 'file':
          waiting.get(message.file)?.(message.result)
          waiting.delete(message.file)
          return
        case 'cancel':
          return cancel.abort(new DOMException('the saving was cancelled', 'AbortError'))
        default:
          return unreachable(message)
      }
    },
  }
}

/**
 * A browser that is offered a download wants its first bytes soon, and a large file is checked for
 * minutes before it gives any (Firefox 153 begins no download before, and forgets it with its frame).
 */
async function withFirstOpen(entries: readonly ZipEntry[]): Promise<readonly ZipEntry[]> {
  const [first, ...others] = entries
  if (first === undefined) return entries
  const file = await first.open()
  return [{ ...first, open: async () => file }, ...others]
}

async function errorOf(thrown: unknown, target: SaveTarget): Promise<EngineError> {
  if (thrown instanceof SaveFailure) return thrown.error
  if (target.kind !== 'zip-feed') return outsideError(thrown, target.handle, 0)
  return thrown instanceof DOMException && thrown.name === 'TimeoutError'
    ? { kind: 'engine/unsupported', what: 'streamed downloads' }
    : storageError(thrown, 0)
}

/** Adds up, and tells at most ten times a second. */
function makeReport(tell: (doneBytes: Bytes) => void): (more: Bytes) => void {
  let doneBytes = 0
  let toldAt = 0
  return (more) => {
    doneBytes += more
    const now = performance.now()
    if (now - toldAt < REPORT_INTERVAL) return
    toldAt = now
    tell(doneBytes)
  }
}
