import type { EngineError } from '../../engine/model/errors.ts'
import type { FileIndex } from '../../engine/model/ids.ts'
import { err, unreachable, type Result } from '../../engine/model/result.ts'
import type { Bytes } from '../../engine/model/units.ts'
import type { EngineClient } from '../protocol/engine-client.ts'
import type { SaveOptions, SaveOrder, SaveOut, SavePlace } from '../protocol/save-out.ts'
import type { FromSaver, SaveTarget, ToSaver } from '../protocol/save.ts'
import { chosen, type Choosers } from './choosers.ts'
import type { Downloads } from './download-frame.ts'

/** What of a `Worker` is used. */
export interface SaveWorker {
  postMessage(message: ToSaver, moved: Transferable[]): void
  addEventListener(type: 'message', listener: (event: MessageEvent<FromSaver>) => void): void
  addEventListener(type: 'error', listener: (event: ErrorEvent) => void): void
  terminate(): void
}

export interface SaveOutDeps {
  readonly client: EngineClient
  readonly choosers: Choosers
  readonly startWorker: () => SaveWorker
  /** Asked for when the first download needs it. */
  downloads(): Promise<Downloads | null>
}

/** Saves through one worker each, which it ends. */
export function makeSaveOut(deps: SaveOutDeps): SaveOut {
  const { choosers } = deps

  return {
    folders: choosers.folder !== null,

    async choose(form, name) {
      if (form === 'folder') {
        const picked = choosers.folder?.({ mode: 'readwrite', id: 'chiral-save' })
        const handle = picked === undefined ? null : await chosen(picked)
        return handle === null ? null : { kind: 'folder', handle }
      }
      if (choosers.saveFile === null) return { kind: 'download' }
      const handle = await chosen(
        choosers.saveFile({
          suggestedName: `${name}.zip`,
          types: [{ accept: { 'application/zip': ['.zip'] } }],
        }),
      )
      return handle === null ? null : { kind: 'zip-file', handle }
    },

    async save(order, place, options) {
      options.signal.throwIfAborted()
      if (place.kind !== 'download') return run(deps, order, place, null, options)
      const downloads = await deps.downloads()
      if (downloads === null) {
        return err({ kind: 'engine/unsupported', what: 'streamed downloads' })
      }
      return run(deps, order, place, downloads, options)
    },
  }
}

async function run(
  { client, startWorker }: SaveOutDeps,
  order: SaveOrder,
  place: SavePlace,
  downloads: Downloads | null,
  { signal, onProgress, onChecking }: SaveOptions,
): Promise<Result<void, EngineError> | null> {
  const worker = startWorker()
  const { promise, resolve, reject } = Promise.withResolvers<Result<void, EngineError> | null>()
  const post = (message: ToSaver, moved: Transferable[] = []) => worker.postMessage(message, moved)
  const id = crypto.randomUUID()
  const { port1: fed, port2: feeding } = new MessageChannel()

  /** Null once it is cancelled: the worker knows, and ends by itself. */
  const exported = async (file: FileIndex): Promise<Result<File, EngineError> | null> => {
    const entry = order.entries.find((entry) => entry.file === file)
    const onProgress = (doneBytes: Bytes) => {
      if (entry !== undefined) onChecking?.(entry, doneBytes)
    }
    const args = { infoHash: order.infoHash, file }
    try {
      return await client.call('torrent.export', args, { signal, onProgress })
    } catch (thrown) {
      if (signal.aborted) return null
      throw thrown
    }
  }

  const hear = async (message: FromSaver): Promise<void> => {
    switch (message.type) {
      case 'wants': {
        const { file } = message
        const result = await exported(file)
        return result === null ? undefined : post({ type: 'file', file, result })
      }
      case 'measured':
        return downloads?.offer(
          { type: 'download', id, name: `${order.name}.zip`, length: message.length },
          fed,
        )
      case 'feed-ready':
        return downloads?.ask(id)
      case 'keep-alive':
        return downloads?.keepAlive()
      case 'progress':
        return onProgress(message.doneBytes)
      case 'done':
        return resolve(message.result.ok ? { ok: true, value: undefined } : message.result)
      case 'cancelled':
        return signal.aborted ? reject(signal.reason) : resolve(null)
      default:
        return unreachable(message)
    }
  }

  worker.addEventListener('message', ({ data }) => void hear(data).catch(reject))
  worker.addEventListener('error', ({ message }) =>
    resolve(err({ kind: 'engine/bug', cause: { name: 'Error', message } })),
  )
  const onAbort = () => post({ type: 'cancel' })
  signal.addEventListener('abort', onAbort)
  try {
    const target = targetOf(place, feeding, downloads)
    post(
      { type: 'save', entries: order.entries, target },
      target.kind === 'zip-feed' ? [feeding] : [],
    )
    return await promise
  } finally {
    signal.removeEventListener('abort', onAbort)
    worker.terminate()
  }
}

function targetOf(place: SavePlace, port: MessagePort, downloads: Downloads | null): SaveTarget {
  if (place.kind !== 'download') return place
  return { kind: 'zip-feed', port, alive: downloads?.alive ?? '' }
}
