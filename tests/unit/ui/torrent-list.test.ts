import { createRoot } from 'solid-js'
import { createStore } from 'solid-js/store'
import { expect, test } from 'vitest'
import type { InfoHash } from '../../../src/engine/model/ids.ts'
import type { TorrentSnapshot } from '../../../src/engine/model/torrent.ts'
import { createTorrentList } from '../../../src/ui/state/torrent-list.ts'
import type { UiState } from '../../../src/ui/state/ui-state.ts'
import { anInfoHash, aTorrent } from '../../support/a-torrent.ts'

const [a, b, c] = [anInfoHash('a'), anInfoHash('b'), anInfoHash('c')]
const resting = { name: 'downloading', eta: null } as const

const TORRENTS: Record<InfoHash, TorrentSnapshot> = {
  [a]: aTorrent({ infoHash: a, name: 'Track 10', addedAt: 1, haveBytes: 90_000 }),
  [b]: aTorrent({ infoHash: b, name: 'track 9', addedAt: 3, phase: { name: 'seeding' } }),
  [c]: aTorrent({
    infoHash: c,
    name: 'Film',
    addedAt: 2,
    haveBytes: 0,
    phase: { name: 'paused', from: resting, why: 'person' },
  }),
}

type Look = Pick<UiState, 'filter' | 'search' | 'sort'>

/** The list, and the hands on what it is made of. */
function aList(look: Partial<Look> = {}) {
  return createRoot(() => {
    const [engine, setEngine] = createStore({ torrents: structuredClone(TORRENTS) })
    const [ui] = createStore<Look>({ filter: 'all', search: '', sort: 'added', ...look })
    return { list: createTorrentList(engine, ui), setEngine }
  })
}

test('the newest comes first', () => {
  expect(aList().list.shown()).toEqual([b, c, a])
})

test('names are sorted as people count, whatever their case', () => {
  expect(aList({ sort: 'name' }).list.shown()).toEqual([c, b, a])
})

test('what is furthest from done comes first by progress', () => {
  expect(aList({ sort: 'progress' }).list.shown()[0]).toBe(c)
})

test('a search finds any part of a name', () => {
  expect(aList({ search: ' TRACK ' }).list.shown()).toEqual([b, a])
})

test('filters count everything, whatever is searched for', () => {
  const { list } = aList({ search: 'nothing' })

  expect(list.counts()).toEqual({ all: 3, downloading: 1, seeding: 1, paused: 1, failed: 0 })
})

test('a torrent leaves a filter when its phase changes', () => {
  const { list, setEngine } = aList({ filter: 'paused' })
  expect(list.shown()).toEqual([c])

  setEngine('torrents', c, { ...TORRENTS[c]!, phase: resting })

  expect(list.shown()).toEqual([])
  expect(list.counts().downloading).toBe(2)
})

test('progress does not make a new list when the order stays', () => {
  const { list, setEngine } = aList()
  const before = list.shown()

  setEngine('torrents', a, { ...TORRENTS[a]!, haveBytes: 95_000 })

  expect(list.shown()).toBe(before)
})
