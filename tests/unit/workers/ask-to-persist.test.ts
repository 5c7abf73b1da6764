import { expect, test } from 'vitest'
import { emptyEngineState } from '../../../src/engine/model/engine-state.ts'
import { ok } from '../../../src/engine/model/result.ts'
import type { Notice } from '../../../src/workers/protocol/control.ts'
import { askToPersist } from '../../../src/workers/page/ask-to-persist.ts'
import { makeLastingClient } from '../../../src/workers/page/lasting-client.ts'
import { anInfoHash, aTorrent } from '../../support/a-torrent.ts'

const replaced = (torrents: number): Notice => ({
  type: 'state-replaced',
  state: {
    ...emptyEngineState(),
    engine: { name: 'running' },
    torrents: torrents === 0 ? {} : { [anInfoHash()]: aTorrent() },
  },
})
const added: Notice = {
  type: 'state-changed',
  revision: 1,
  changes: [{ type: 'torrent', torrent: aTorrent() }],
}

/** A page whose browser gives this answer, and an engine that keeps what it is told. */
function pageIn(browser: () => Promise<boolean>) {
  const line = makeLastingClient()
  const granted: unknown[] = []
  let asked = 0
  const persist = () => {
    asked += 1
    return browser()
  }
  line.attach({
    call: async (_name, args) => {
      granted.push(args)
      // Nobody reads this answer.
      return ok(null)
    },
    onNotice: () => () => {},
  })
  askToPersist({ client: line.client, storage: { persist } })
  return { line, granted, asked: () => asked }
}
/** Everything that was only waiting for promises has happened. */
const settled = () => new Promise((resolve) => setImmediate(resolve))

test('nothing is asked while there is nothing to lose', async () => {
  const page = pageIn(async () => true)

  page.line.pass(replaced(0))
  await settled()

  expect(page.asked()).toBe(0)
})

test('the first torrent asks, once, and the engine is told the answer', async () => {
  const page = pageIn(async () => true)

  page.line.pass(replaced(0))
  page.line.pass(added)
  page.line.pass(added)
  await settled()

  expect(page.asked()).toBe(1)
  expect(page.granted).toEqual([{ persisted: true }])
})

test('an engine that takes the place of another is told, too, without asking again', async () => {
  const page = pageIn(async () => false)

  page.line.pass(replaced(1))
  page.line.pass(replaced(1))
  await settled()

  expect(page.asked()).toBe(1)
  expect(page.granted).toEqual([{ persisted: false }, { persisted: false }])
})

test('a browser that throws has said no', async () => {
  const page = pageIn(() => Promise.reject(new TypeError('not in this window')))

  page.line.pass(added)
  await settled()

  expect(page.granted).toEqual([{ persisted: false }])
})
