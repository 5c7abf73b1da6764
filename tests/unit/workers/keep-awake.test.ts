import { expect, test } from 'vitest'
import { emptyEngineState } from '../../../src/engine/model/engine-state.ts'
import { ok } from '../../../src/engine/model/result.ts'
import { DEFAULT_SETTINGS } from '../../../src/engine/model/settings.ts'
import type { Notice } from '../../../src/workers/protocol/control.ts'
import { keepAwake } from '../../../src/workers/page/keep-awake.ts'
import { makeLastingClient } from '../../../src/workers/page/lasting-client.ts'
import { anInfoHash, aTorrent } from '../../support/a-torrent.ts'

const withRate = (downRate: number): Notice => ({
  type: 'state-replaced',
  state: {
    ...emptyEngineState(),
    engine: { name: 'running' },
    torrents: { [anInfoHash()]: aTorrent({ downRate, upRate: 0 }) },
  },
})
/** Everything that was only waiting for promises has happened. */
const settled = () => new Promise((resolve) => setImmediate(resolve))

/** A page in front, whose person has set it so, and how many locks it holds. */
function pageWith(wanted: boolean) {
  const line = makeLastingClient()
  const front: { visibilityState: DocumentVisibilityState } = { visibilityState: 'visible' }
  const document = Object.assign(new EventTarget(), front)
  let held = 0
  line.attach({
    // Only the settings are asked for.
    call: async () => ok({ ...DEFAULT_SETTINGS, keepAwake: wanted } as never),
    onNotice: () => () => {},
  })
  const wakeLock = {
    request: async () => {
      held += 1
      return { release: async () => void (held -= 1) }
    },
  }
  keepAwake({ client: line.client, document, wakeLock })
  return {
    line,
    held: () => held,
    hide: () => {
      // As the browser does, which lets go of the lock by itself.
      document.visibilityState = 'hidden'
      held = 0
      document.dispatchEvent(new Event('visibilitychange'))
    },
    show: () => {
      document.visibilityState = 'visible'
      document.dispatchEvent(new Event('visibilitychange'))
    },
  }
}

test('the screen stays on while something moves, and no longer', async () => {
  const page = pageWith(true)

  page.line.pass(withRate(1))
  page.line.pass(withRate(2))
  await settled()
  const during = page.held()
  page.line.pass(withRate(0))
  await settled()

  expect([during, page.held()]).toEqual([1, 0])
})

test('who has not asked for it keeps a screen that goes off', async () => {
  const page = pageWith(false)

  page.line.pass(withRate(1))
  await settled()

  expect(page.held()).toBe(0)
})

test('a page that comes to the front again keeps the screen on again', async () => {
  const page = pageWith(true)
  page.line.pass(withRate(1))
  await settled()

  page.hide()
  await settled()
  const hidden = page.held()
  page.show()
  await settled()

  expect([hidden, page.held()]).toEqual([0, 1])
})
