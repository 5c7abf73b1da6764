import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { InfoHash } from '../../../src/engine/model/ids.ts'
import { ok } from '../../../src/engine/model/result.ts'
import { makeRemovals, UNDO_TIME, type Removals } from '../../../src/engine/removals.ts'
import type { Torrent } from '../../../src/engine/torrents.ts'

const infoHash = 'a'.repeat(40) as InfoHash // 40 hex digits
let happened: string[]
let removals: Removals

beforeEach(() => {
  vi.useFakeTimers()
  happened = []
  removals = makeRemovals({ onPurged: () => happened.push('purged') })
})

afterEach(() => vi.useRealTimers())

test('a removal that nobody takes back is carried out in its time, and not before', async () => {
  await removals.add(torrent(), true)

  await vi.advanceTimersByTimeAsync(UNDO_TIME - 1)
  const before = [...happened]
  await vi.advanceTimersByTimeAsync(1)

  expect(before).toEqual(['aside'])
  expect(happened).toEqual(['aside', 'removed with data', 'purged'])
  expect(removals.takeBack(infoHash)).toBeNull()
})

test('what is taken back goes on, and is never carried out', async () => {
  await removals.add(torrent(), true)

  const back = removals.takeBack(infoHash)
  await vi.advanceTimersByTimeAsync(2 * UNDO_TIME)

  expect(back?.infoHash).toBe(infoHash)
  expect(happened).toEqual(['aside', 'back'])
})

test('what is taken back a second time is not there', async () => {
  await removals.add(torrent(), false)
  removals.takeBack(infoHash)

  expect(removals.takeBack(infoHash)).toBeNull()
  expect(removals.has(infoHash)).toBe(false)
})

test('an engine that stops leaves what is pending to the next start', async () => {
  await removals.add(torrent(), true)

  removals.stop()
  await vi.advanceTimersByTimeAsync(2 * UNDO_TIME)

  expect(happened).toEqual(['aside'])
})

/** Only what a removal touches. */
function torrent(): Torrent {
  const parts: Partial<Torrent> = {
    infoHash,
    async setAside() {
      happened.push('aside')
      return ok()
    },
    bringBack: () => void happened.push('back'),
    async remove(deleteData) {
      happened.push(deleteData ? 'removed with data' : 'removed')
      return ok()
    },
  }
  return parts as Torrent
}
