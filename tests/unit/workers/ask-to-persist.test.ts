import { expect, test } from 'vitest'
import {
  emptyEngineState,
  type EngineState,
  type StorageSnapshot,
} from '../../../src/engine/model/engine-state.ts'
import { ok } from '../../../src/engine/model/result.ts'
import { askToPersist } from '../../../src/workers/page/ask-to-persist.ts'
import type { Locks } from '../../../src/workers/page/engine-lock.ts'
import { makeLastingClient } from '../../../src/workers/page/lasting-client.ts'
import { anInfoHash, aTorrent } from '../../support/a-torrent.ts'

/** An engine that any number of pages may be attached to, and what it was told. */
function anEngine(torrents: number) {
  const lines = new Set<ReturnType<typeof makeLastingClient>>()
  const granted: unknown[] = []
  let state: EngineState = {
    ...emptyEngineState(),
    engine: { name: 'running' },
    torrents: torrents === 0 ? {} : { [anInfoHash()]: aTorrent() },
  }
  const tell = () => {
    for (const line of lines) line.pass({ type: 'state-replaced', state })
  }

  return {
    granted,
    tell,
    put(change: Partial<EngineState>) {
      state = { ...state, ...change }
      tell()
    },
    serve(line: ReturnType<typeof makeLastingClient>) {
      lines.add(line)
      line.attach({
        call: async (name, args) => {
          if (name === 'storage.grant') {
            granted.push(args)
            // The arguments of this very call.
            const { persisted } = args as Pick<StorageSnapshot, 'persisted'>
            state = { ...state, storage: { ...state.storage, persisted, asked: true } }
            tell()
          }
          // The answer that belongs to the call's name, which nobody here can know.
          return ok((name === 'state.sync' ? state : null) as never)
        },
        onNotice: () => () => {},
      })
    },
  }
}

/** The locks of one browser, as far as `ifAvailable` goes. */
function someLocks(): Locks {
  const held = new Set<string>()
  const request = async (
    name: string,
    _options: LockOptions,
    work: (lock: Lock | null) => unknown,
  ): Promise<unknown> => {
    if (held.has(name)) return work(null)
    held.add(name)
    try {
      return await work({ name, mode: 'exclusive' })
    } finally {
      held.delete(name)
    }
  }
  // Not the form without options, which nobody here uses.
  return { request: request as Locks['request'] }
}

/** A page whose browser gives this answer. */
function aPage(browser: () => Promise<boolean>, locks = someLocks()) {
  const line = makeLastingClient()
  const document = Object.assign(new EventTarget(), { visibilityState: 'visible' as const })
  let asked = 0
  const persist = () => {
    asked += 1
    return browser()
  }
  const page: { visibilityState: DocumentVisibilityState } & EventTarget = document
  askToPersist({
    client: line.client,
    storage: { persist },
    locks,
    document: page,
  })
  return { line, page, asked: () => asked }
}

/** Everything that was only waiting for promises, and for locks, has happened. */
const settled = async () => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
}

test('nothing is asked while there is nothing to lose', async () => {
  const [engine, { line, asked }] = [anEngine(0), aPage(async () => true)]
  engine.serve(line)

  engine.tell()
  await settled()

  expect(asked()).toBe(0)
})

test('the first torrent asks, once, and the engine is told the answer', async () => {
  const [engine, { line, asked }] = [anEngine(0), aPage(async () => true)]
  engine.serve(line)
  engine.tell()

  engine.put({ torrents: { [anInfoHash()]: aTorrent() } })
  engine.tell()
  await settled()
  engine.tell()
  await settled()

  expect(asked()).toBe(1)
  expect(engine.granted).toEqual([{ persisted: true }])
})

test('of all the tabs of one engine one asks', async () => {
  const engine = anEngine(1)
  const locks = someLocks()
  const tabs = Array.from({ length: 3 }, () => aPage(async () => false, locks))
  for (const { line } of tabs) engine.serve(line)

  engine.tell()
  await settled()
  engine.tell()
  await settled()

  expect(tabs.reduce((sum, { asked }) => sum + asked(), 0)).toBe(1)
  expect(engine.granted).toEqual([{ persisted: false }])
})

test('a tab in the background leaves it to one in front, or asks when it is there itself', async () => {
  const engine = anEngine(1)
  const { line, page, asked } = aPage(async () => true)
  page.visibilityState = 'hidden'
  engine.serve(line)
  engine.tell()
  await settled()
  const whileHidden = asked()

  page.visibilityState = 'visible'
  page.dispatchEvent(new Event('visibilitychange'))
  await settled()

  expect([whileHidden, asked()]).toEqual([0, 1])
})

test('an engine that takes the place of another is told, too, without asking again', async () => {
  const [first, second] = [anEngine(1), anEngine(1)]
  const { line, asked } = aPage(async () => false)
  first.serve(line)
  first.tell()
  await settled()

  second.serve(line)
  second.tell()
  await settled()

  expect(asked()).toBe(1)
  expect(second.granted).toEqual([{ persisted: false }])
})

test('what the browser promised before is not asked for', async () => {
  const [engine, { line, asked }] = [anEngine(1), aPage(async () => true)]
  engine.serve(line)

  engine.put({ storage: { ...emptyEngineState().storage, persisted: true } })
  await settled()

  expect(asked()).toBe(0)
})

test('a browser that throws has said no', async () => {
  const [engine, { line }] = [
    anEngine(1),
    aPage(() => Promise.reject(new TypeError('not in this window'))),
  ]
  engine.serve(line)

  engine.tell()
  await settled()

  expect(engine.granted).toEqual([{ persisted: false }])
})
