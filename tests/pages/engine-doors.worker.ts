import { DEFAULT_SETTINGS } from '../../src/engine/model/settings.ts'
import { ok } from '../../src/engine/model/result.ts'
import { BUILD } from '../../src/workers/protocol/build.ts'
import type { FromEngine, Notice, ToEngine } from '../../src/workers/protocol/control.ts'
import { holdLifelines } from '../../src/workers/worker/hold-lifelines.ts'
import { makeCallServer } from '../../src/workers/worker/serve-calls.ts'
import { makeTabServer, type TabServer } from '../../src/workers/worker/serve-tabs.ts'
import { makeStatePublisher } from '../../src/workers/worker/state-publisher.ts'
import { anInfoHash, aTorrent } from '../support/a-torrent.ts'
import { answersWith } from '../support/engine-answers.ts'

// An engine without torrents behind the real doors, which dies when it is told to.

/** The worker's name, which the page takes from its query. */
const behaviour: string = self.name

const post = (message: FromEngine) => postMessage(message)
let tabs: TabServer | null = null
const tell = (notice: Notice) => {
  post(notice)
  tabs?.tell(notice)
}
const publisher = makeStatePublisher(tell)
const list = (letter: string) =>
  publisher.put({ type: 'torrent', torrent: aTorrent({ infoHash: anInfoHash(letter) }) })

const answers = answersWith({
  'state.sync': async () => ok(publisher.current()),
  'settings.get': async () => ok({ ...DEFAULT_SETTINGS, uploadSlots: 7 }),
  'torrent.magnet': () =>
    behaviour === 'prompt' ? Promise.resolve(ok('magnet:?prompt')) : new Promise(() => {}),
  'torrent.add': () => new Promise(() => {}),
  'torrent.pause': async () => {
    setTimeout(() => {
      throw new Error('a bug that nothing catches')
    })
    return new Promise(() => {})
  },
  'storage.reclaim': () => {
    for (;;); // never answers anything again
  },
  'torrent.resume': () => {
    close()
    return new Promise(() => {})
  },
  'torrent.remove': async ({ infoHash }) => {
    publisher.put({ type: 'torrent-removed', infoHash })
    return ok(null)
  },
  // Goes on until it is given up, and that is seen in the list.
  'torrent.preview': (_, signal) => {
    list('b')
    return new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        list('c')
        // The reason of an abort is an error unless somebody chose otherwise.
        reject(signal.reason as Error)
      })
    })
  },
  // Goes on whoever is there to hear of it, and its end is seen in the list.
  'torrent.seed': async ({ files, options }, signal) => {
    list('d')
    const texts = files.map(async ({ file, handle }) =>
      (handle?.kind === 'file' ? await handle.getFile() : file).text(),
    )
    const magnet = (await Promise.all(texts)).join()
    if (options.comment !== undefined) await navigator.locks.request(options.comment, () => {})
    if (!signal.aborted) list('e')
    return ok({ infoHash: anInfoHash('e'), magnet, torrentFile: new Uint8Array(0) })
  },
  'torrent.export': async () => ok(new File(['what was asked for'], 'letter.txt')),
  'torrent.handles': async () =>
    ok([{ handle: await navigator.storage.getDirectory(), mode: 'readwrite' }]),
})
const calls = makeCallServer(answers, post)

async function start(): Promise<void> {
  if (behaviour === 'unable') return post({ type: 'unable', error: { kind: 'storage/locked' } })
  const engine = crypto.randomUUID()
  await holdLifelines(engine)
  list('a')
  publisher.put({ type: 'engine', engine: { name: 'running' } })
  post({ type: 'ready', build: behaviour === 'stale' ? 'of yesterday' : BUILD, engine })
  publisher.replace()
  if (behaviour === 'stale') return
  tabs = makeTabServer({
    engine,
    build: behaviour === 'older' ? 'of yesterday' : BUILD,
    locks: navigator.locks,
    answers,
    state: () => publisher.current(),
    onCount: (count) => post({ type: 'tabs', count }),
  })
}

addEventListener('message', ({ data }: MessageEvent<ToEngine>) => {
  switch (data.type) {
    case 'init':
      return void start()
    case 'request':
      return void calls.serve(data)
    case 'cancel':
      return calls.cancel(data.id)
    case 'ping':
      return post({ type: 'alive' })
  }
})
