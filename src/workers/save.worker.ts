import type { FromSaver, ToSaver } from './protocol/save.ts'
import { makeSaveServer } from './saver/serve-save.ts'

/** Wires a saving into its thread. */

const server = makeSaveServer(
  (message: FromSaver) => self.postMessage(message),
  (url) => fetch(url),
)

self.addEventListener('message', ({ data }: MessageEvent<ToSaver>) => server.receive(data))
