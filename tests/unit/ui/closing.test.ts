import { describe, expect, test } from 'vitest'
import type { TorrentSnapshot } from '../../../src/engine/model/torrent.ts'
import { closingSentence } from '../../../src/ui/format/closing-sentence.ts'
import { en } from '../../../src/ui/i18n/en.ts'
import { closingOf, closingOfAll, leavingMatters } from '../../../src/ui/state/closing.ts'
import { anInfoHash, aTorrent } from '../../support/a-torrent.ts'

const shared = (changes: Partial<TorrentSnapshot>) =>
  aTorrent({ phase: { name: 'seeding' }, haveBytes: 100_000, peerCount: 2, ...changes })

const sentence = (changes: Partial<TorrentSnapshot>) => {
  const closing = closingOf(shared(changes))
  return closing === null ? null : closingSentence(closing, en)
}

describe('what closing would take from the others', () => {
  test('nothing, once somebody else has everything', () => {
    expect(sentence({ others: { complete: 1, onlyHere: 0 } })).toBe(
      '1 peer has everything: you can close this page.',
    )
    expect(sentence({ others: { complete: 3, onlyHere: 0 } })).toBe(
      '3 peers have everything: you can close this page.',
    )
  })

  test('nothing, once they have all of it between them', () => {
    expect(sentence({ others: { complete: 0, onlyHere: 0 } })).toBe(
      'What is here is with others as well: you can close this page.',
    )
  })

  test('the bytes that no connected peer has', () => {
    expect(sentence({ others: { complete: 0, onlyHere: 42e6 } })).toBe(
      '42.0\u00a0MB are only on this device.',
    )
  })

  test('perhaps everything, while nobody is connected', () => {
    expect(sentence({ peerCount: 0, others: { complete: 0, onlyHere: 100_000 } })).toBe(
      'Nobody else is connected: 100\u00a0kB may be only on this device.',
    )
  })

  test('is not asked of what is not shared', () => {
    const others = { complete: 0, onlyHere: 100_000 }
    const paused = { name: 'paused', from: { name: 'seeding' }, why: 'person' } as const

    expect(sentence({ others: null })).toBeNull()
    expect(sentence({ phase: paused, others })).toBeNull()
    expect(sentence({ protocol: 'http', others })).toBeNull()
    expect(sentence({ haveBytes: 0, others: { complete: 2, onlyHere: 0 } })).toBeNull()
  })

  test('a download is told only of what nobody else has', () => {
    const phase = { name: 'downloading', eta: null } as const

    expect(sentence({ phase, others: { complete: 2, onlyHere: 0 } })).toBeNull()
    expect(sentence({ phase, peerCount: 0, others: { complete: 0, onlyHere: 5000 } })).toBeNull()
    expect(sentence({ phase, others: { complete: 0, onlyHere: 5000 } })).toBe(
      '5.00\u00a0kB are only on this device.',
    )
  })
})

test('what is only here is summed up over all torrents', () => {
  const one = shared({ others: { complete: 0, onlyHere: 3000 } })
  const other = shared({ infoHash: anInfoHash('b'), others: { complete: 0, onlyHere: 4000 } })
  const safe = shared({ infoHash: anInfoHash('c'), others: { complete: 1, onlyHere: 0 } })
  const list = (...torrents: TorrentSnapshot[]) => ({
    torrents: Object.fromEntries(torrents.map((torrent) => [torrent.infoHash, torrent])),
  })

  expect(closingOfAll(list(one, other, safe))).toEqual({ torrents: 2, bytes: 7000 })
  expect(closingOfAll(list(safe))).toEqual({ torrents: 0, bytes: 0 })
  expect(closingOfAll(list())).toBeNull()
})

describe('leaving matters', () => {
  const leaving = (torrent: TorrentSnapshot) =>
    leavingMatters({ torrents: { [torrent.infoHash]: torrent }, creating: {} })
  const others = { complete: 0, onlyHere: 3000 }

  test('while a peer is being sent what only this device has', () => {
    expect(leaving(shared({ others, upRate: 1000 }))).toBe(true)
  })

  test('not while nobody is being sent anything, or another could send it', () => {
    expect(leaving(shared({ others }))).toBe(false)
    expect(leaving(shared({ others, upRate: 1000, peerCount: 0 }))).toBe(false)
    expect(leaving(shared({ others: { complete: 1, onlyHere: 0 }, upRate: 1000 }))).toBe(false)
  })

  test('while files are being made into a torrent', () => {
    const creating = { id: 'a', name: 'a', step: 'hashing', doneBytes: 0, totalBytes: 1 } as const

    expect(leavingMatters({ torrents: {}, creating: { a: creating } })).toBe(true)
  })
})
