import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { EngineChange } from '../../../src/engine/model/engine-state.ts'
import type { TorrentSnapshot } from '../../../src/engine/model/torrent.ts'
import type { Notice } from '../../../src/workers/protocol/control.ts'
import {
  makeStatePublisher,
  PUBLISH_INTERVAL,
  SETTLE_TIME,
} from '../../../src/workers/worker/state-publisher.ts'
import { anInfoHash, aTorrent } from '../../support/a-torrent.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const news = (changes: Partial<TorrentSnapshot> = {}): EngineChange => ({
  type: 'torrent',
  torrent: aTorrent(changes),
})

test('a burst of progress becomes one message with the latest snapshot', () => {
  const sent: Notice[] = []
  const publisher = makeStatePublisher((notice) => sent.push(notice))

  for (let have = 1; have <= 100; have++) publisher.put(news({ havePieces: have }))
  vi.advanceTimersByTime(PUBLISH_INTERVAL)

  expect(sent).toEqual([
    { type: 'state-changed', revision: 1, changes: [news({ havePieces: 100 })] },
  ])
})

test('the first change after a quiet time is told at once', () => {
  const sent: Notice[] = []
  const publisher = makeStatePublisher((notice) => sent.push(notice))
  publisher.put(news())
  vi.advanceTimersByTime(10 * PUBLISH_INTERVAL)

  publisher.put(news({ havePieces: 50 }))
  vi.advanceTimersByTime(SETTLE_TIME)

  expect(sent).toHaveLength(2)
})

test('a busy engine sends no more than four messages a second', () => {
  let sent = 0
  const publisher = makeStatePublisher(() => (sent += 1))

  for (let elapsed = 0; elapsed < 10_000; elapsed += 5) {
    publisher.put(news({ downBytes: elapsed }))
    vi.advanceTimersByTime(5)
  }

  expect(sent).toBeGreaterThanOrEqual(39)
  expect(sent).toBeLessThanOrEqual(40)
})

test('nothing runs while nothing changes', () => {
  const publisher = makeStatePublisher(() => {})

  publisher.put(news())
  vi.advanceTimersByTime(2 * PUBLISH_INTERVAL)

  expect(vi.getTimerCount()).toBe(0)
})

test('a removed torrent is not brought back by news that is older', () => {
  const sent: Notice[] = []
  const publisher = makeStatePublisher((notice) => sent.push(notice))
  const removed = { type: 'torrent-removed', infoHash: anInfoHash() } as const

  publisher.put(news())
  publisher.put(removed)
  vi.advanceTimersByTime(PUBLISH_INTERVAL)

  expect(sent).toEqual([{ type: 'state-changed', revision: 1, changes: [removed] }])
  expect(publisher.current().torrents).toEqual({})
})

test('a torrent that was removed and added again is there', () => {
  const sent: Notice[] = []
  const publisher = makeStatePublisher((notice) => sent.push(notice))

  publisher.put({ type: 'torrent-removed', infoHash: anInfoHash() })
  publisher.put(news({ name: 'again' }))
  vi.advanceTimersByTime(PUBLISH_INTERVAL)

  expect(sent).toEqual([{ type: 'state-changed', revision: 1, changes: [news({ name: 'again' })] }])
})

test('changes of one message are in the order in which they last happened', () => {
  const sent: Notice[] = []
  const publisher = makeStatePublisher((notice) => sent.push(notice))
  const creation = { id: 'c1', name: 'holiday', step: 'hashing', doneBytes: 0, totalBytes: 9 }

  publisher.put({ type: 'creation', creation: { ...creation, step: 'hashing' } })
  publisher.put(news({ phase: { name: 'seeding' } }))
  publisher.put({ type: 'creation-ended', id: 'c1' })
  vi.advanceTimersByTime(PUBLISH_INTERVAL)

  expect(sent).toEqual([
    {
      type: 'state-changed',
      revision: 1,
      changes: [news({ phase: { name: 'seeding' } }), { type: 'creation-ended', id: 'c1' }],
    },
  ])
})

test('the current state holds what has not been told yet, under the revision that was told', () => {
  const publisher = makeStatePublisher(() => {})
  publisher.put({ type: 'engine', engine: { name: 'running' } })
  vi.advanceTimersByTime(PUBLISH_INTERVAL)

  publisher.put(news({ havePieces: 42 }))
  const state = publisher.current()

  expect(state.revision).toBe(1)
  expect(state.engine).toEqual({ name: 'running' })
  expect(state.torrents[anInfoHash()]?.havePieces).toBe(42)
})

test('replacing tells everything at once, and the next change has the next revision', () => {
  const sent: Notice[] = []
  const publisher = makeStatePublisher((notice) => sent.push(notice))

  publisher.put(news({ havePieces: 1 }))
  publisher.replace()
  vi.advanceTimersByTime(PUBLISH_INTERVAL)
  publisher.put(news({ havePieces: 2 }))
  vi.advanceTimersByTime(PUBLISH_INTERVAL)

  expect(sent).toMatchObject([
    { type: 'state-replaced', state: { revision: 0, torrents: { [anInfoHash()]: {} } } },
    { type: 'state-changed', revision: 1, changes: [news({ havePieces: 2 })] },
  ])
})

test('a stopped publisher is silent and still knows the state', () => {
  const sent: Notice[] = []
  const publisher = makeStatePublisher((notice) => sent.push(notice))

  publisher.put(news())
  publisher.stop()
  publisher.put(news({ havePieces: 99 }))
  publisher.replace()
  vi.runAllTimers()

  expect(sent).toEqual([])
  expect(publisher.current().torrents[anInfoHash()]?.havePieces).toBe(99)
})
