import { afterEach, expect, test } from 'vitest'
import { emptyEngineState } from '../../../src/engine/model/engine-state.ts'
import { ok } from '../../../src/engine/model/result.ts'
import type { FromEngine, Notice } from '../../../src/workers/protocol/control.ts'
import type { FromTab } from '../../../src/workers/protocol/tabs.ts'
import {
  MOST_OPEN_CALLS,
  MOST_UNHEARD,
  serveTab,
  type ServedTab,
} from '../../../src/workers/worker/served-tab.ts'
import { answersWith } from '../../support/engine-answers.ts'

// What needs real tabs and real locks is in `tests/worker/attached-tabs.browser.test.ts`.

const news = (revision: number): Notice => ({ type: 'state-changed', revision, changes: [] })
const request = (id: number): FromTab => ({
  type: 'request',
  id,
  call: 'settings.get',
  args: null,
})

let served: { readonly tab: ServedTab; readonly close: () => void } | null = null
afterEach(() => {
  served?.tab.stop()
  served?.close()
  served = null
})

/** A tab at its own end of the channel, which never goes by itself. */
function aTab(changes: Parameters<typeof answersWith>[0] = {}) {
  const link = crypto.randomUUID()
  const theirs = new BroadcastChannel(link)
  const told: FromEngine[] = []
  const arrivals = new EventTarget()
  theirs.addEventListener('message', (event) => {
    // Only what `serveTab` posts comes by this channel.
    told.push((event as MessageEvent<FromEngine>).data)
    arrivals.dispatchEvent(new Event('told'))
  })
  const tab = serveTab({
    link,
    channel: new BroadcastChannel(link),
    locks: { request: () => new Promise<never>(() => {}) },
    answers: answersWith(changes),
    state: () => ({ ...emptyEngineState(), revision: 77 }),
    onGone: () => {},
  })
  served = { tab, close: () => theirs.close() }
  return {
    tab,
    told,
    say: (message: FromTab) => theirs.postMessage(message),
    /** Resolves when it was told so much. */
    until: async (count: number) => {
      while (told.length < count) {
        await new Promise((resolve) => arrivals.addEventListener('told', resolve, { once: true }))
      }
    },
  }
}

test('a tab is welcomed with the build, the engine and the state', async () => {
  const { tab, told, until } = aTab()

  tab.welcome('e1', 'b1')
  await until(2)

  expect(told).toMatchObject([
    { type: 'ready', engine: 'e1', build: 'b1' },
    { type: 'state-replaced', state: { revision: 77 } },
  ])
})

test('a tab that does not hear is told so much and no more, and the whole when it hears again', async () => {
  const { tab, told, say, until } = aTab()

  for (let revision = 1; revision <= MOST_UNHEARD + 5; revision++) tab.tell(news(revision))
  await until(MOST_UNHEARD)
  for (let heard = 0; heard < MOST_UNHEARD; heard++) say({ type: 'heard' })
  await until(MOST_UNHEARD + 1)
  tab.tell(news(78))
  await until(MOST_UNHEARD + 2)

  expect(told.slice(-3)).toMatchObject([
    { type: 'state-changed', revision: MOST_UNHEARD },
    { type: 'state-replaced', state: { revision: 77 } },
    { type: 'state-changed', revision: 78 },
  ])
})

test('a tab has so many calls open and no more; those that were answered do not count', async () => {
  const answer = Promise.withResolvers<void>()
  const { told, say, until } = aTab({
    'torrent.magnet': async () => {
      await answer.promise
      return ok('magnet:?')
    },
  })
  const args = { infoHash: 'a'.repeat(40) } as never

  for (let id = 1; id <= MOST_OPEN_CALLS; id++) {
    say({ type: 'request', id, call: 'torrent.magnet', args })
  }
  say(request(MOST_OPEN_CALLS + 1))
  await until(1)
  answer.resolve()
  await until(MOST_OPEN_CALLS + 1)
  say(request(MOST_OPEN_CALLS + 2))
  await until(MOST_OPEN_CALLS + 2)

  expect(told[0]).toMatchObject({ id: MOST_OPEN_CALLS + 1, result: { ok: false } })
  expect(told.at(-1)).toMatchObject({ id: MOST_OPEN_CALLS + 2, result: { ok: true } })
})
