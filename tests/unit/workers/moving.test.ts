import { expect, test } from 'vitest'
import { somethingMoves } from '../../../src/workers/page/moving.ts'
import { anInfoHash, aTorrent } from '../../support/a-torrent.ts'

const torrents = (downRate: number, upRate: number) => ({
  [anInfoHash()]: aTorrent({ downRate, upRate }),
})

test('bytes that come or go move, and so do files that become a torrent', () => {
  const creation = {
    id: 'one',
    name: 'film',
    step: 'hashing',
    doneBytes: 1,
    totalBytes: 9,
  } as const

  expect(somethingMoves({ torrents: torrents(1, 0), creating: {} })).toBe(true)
  expect(somethingMoves({ torrents: torrents(0, 1), creating: {} })).toBe(true)
  expect(somethingMoves({ torrents: {}, creating: { one: creation } })).toBe(true)
  expect(somethingMoves({ torrents: torrents(0, 0), creating: {} })).toBe(false)
})
