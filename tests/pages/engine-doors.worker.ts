import { DEFAULT_SETTINGS } from '../../src/engine/model/settings.ts'
import { ok } from '../../src/engine/model/result.ts'
import { BUILD } from '../../src/workers/protocol/build.ts'
import type { FromEngine, ToEngine } from '../../src/workers/protocol/control.ts'
import { holdLifeline } from '../../src/workers/worker/hold-lifeline.ts'
import { makeCallServer } from '../../src/workers/worker/serve-calls.ts'
import { makeStatePublisher } from '../../src/workers/worker/state-publisher.ts'
import { anInfoHash, aTorrent } from '../support/a-torrent.ts'
import { answersWith } from '../support/engine-answers.ts'

// An engine without torrents behind the real doors, which dies when it is told to.

/** The worker's name, which the page takes from its query. */
const behaviour: string = self.name

const post = (message: FromEngine) => postMessage(message)
const publisher = makeStatePublisher(post)
const calls = makeCallServer(
  answersWith({
    'state.sync': async () => ok(publisher.current()),
    'settings.get': async () => ok({ ...DEFAULT_SETTINGS, uploadSlots: 7 }),
    // Never answered.
    'torrent.magnet': () => new Promise(() => {}),
    'torrent.pause': async () => {
      setTimeout(() => {
        throw new Error('a bug that nothing catches')
      })
      return new Promise(() => {})
    },
    'torrent.resume': () => {
      close()
      return new Promise(() => {})
    },
  }),
  post,
)

async function start(lifeline: string): Promise<void> {
  if (behaviour === 'unable') return post({ type: 'unable', error: { kind: 'storage/locked' } })
  await holdLifeline(lifeline)
  publisher.put({ type: 'torrent', torrent: aTorrent({ infoHash: anInfoHash('a') }) })
  publisher.put({ type: 'engine', engine: { name: 'running' } })
  post({ type: 'ready', build: behaviour === 'stale' ? 'of yesterday' : BUILD })
  publisher.replace()
}

addEventListener('message', ({ data }: MessageEvent<ToEngine>) => {
  switch (data.type) {
    case 'init':
      return void start(data.lifeline)
    case 'request':
      return void calls.serve(data)
    case 'cancel':
      return calls.cancel(data.id)
  }
})
