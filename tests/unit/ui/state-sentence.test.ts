import { describe, expect, test } from 'vitest'
import { MINUTE } from '../../../src/engine/model/units.ts'
import type { SwarmFacts, TorrentSnapshot } from '../../../src/engine/model/torrent.ts'
import { stateSentence } from '../../../src/ui/format/state-sentence.ts'
import { en } from '../../../src/ui/i18n/en.ts'
import { aTorrent } from '../../support/a-torrent.ts'

const sentence = (changes: Partial<TorrentSnapshot>) => stateSentence(aTorrent(changes), en)

function facts(changes: Partial<SwarmFacts>): SwarmFacts {
  return { ...aTorrent().swarm, ...changes }
}

describe('looking for peers says what was measured', () => {
  const resolving = (swarm: Partial<SwarmFacts>) =>
    sentence({ phase: { name: 'resolving' }, swarm: facts(swarm) })

  test('no tracker to ask', () => {
    expect(resolving({ trackers: 0, trackersAnswered: 0 })).toBe(
      'Looking for peers: there is no tracker to ask',
    )
  })

  test('no tracker, and the overlay answers', () => {
    expect(resolving({ trackers: 0, overlayPeers: 0 })).toBe('Looking for peers in the overlay')
  })

  test('no answer yet', () => {
    expect(resolving({ trackers: 2, trackersAnswered: 0 })).toBe(
      'Looking for peers: asking 2 trackers',
    )
  })

  test('every tracker failed', () => {
    expect(resolving({ trackers: 2, trackersAnswered: 0, trackersFailed: 2 })).toBe(
      'Looking for peers: none of 2 trackers answers',
    )
  })

  test('one of two answered, and knows nobody', () => {
    expect(resolving({ trackers: 2, trackersAnswered: 1, knownSeeds: 0 })).toBe(
      'Looking for peers: 1 of 2 trackers answered, nobody has it right now',
    )
  })

  test('someone has it but is not reached', () => {
    expect(resolving({ trackers: 1, trackersAnswered: 1, knownSeeds: 3 })).toBe(
      'Looking for peers: the tracker answered, 3 peers have it but none can be reached yet',
    )
  })

  test('connections are being made', () => {
    expect(resolving({ connecting: 1 })).toBe('Found 1 peer, connecting')
  })
})

test('a full disk is said with what is needed and what is free', () => {
  const phase = {
    name: 'paused',
    from: { name: 'downloading', eta: null },
    why: 'storage',
  } as const
  const trouble = { kind: 'storage/full', needed: 2.1e9, available: 3.1e8 } as const

  expect(sentence({ phase, trouble })).toBe(
    'Paused: it needs 2.10\u00a0GB, and 310\u00a0MB is free',
  )
  expect(sentence({ phase })).toBe('Paused: there is no room left for it on this device')
  expect(sentence({ phase, trouble: { kind: 'storage/newer' } })).toBe(
    'Paused: a newer version of Chiral wrote this',
  )
  expect(sentence({ phase, trouble: { kind: 'storage/source-missing', name: 'a.txt' } })).toBe(
    '“a.txt” is not where it was when it was shared.',
  )
})

describe('an active torrent', () => {
  test('gets its file list from the peers that are connected', () => {
    expect(sentence({ phase: { name: 'resolving' }, peerCount: 2 })).toBe(
      'Getting the file list from 2 peers',
    )
  })

  test('says how far the check is', () => {
    expect(sentence({ phase: { name: 'checking', checkedPieces: 40 }, totalPieces: 100 })).toBe(
      'Checking what is already here, 40%',
    )
  })

  test('says from how many peers it downloads and how long it takes', () => {
    expect(
      sentence({
        phase: { name: 'downloading', eta: 2 * MINUTE },
        peerCount: 3,
        downRate: 1000,
      }),
    ).toBe('Downloading from 3 peers, 2 min left')
  })

  test('leaves out a time nobody can know', () => {
    expect(
      sentence({ phase: { name: 'downloading', eta: null }, peerCount: 1, downRate: 1000 }),
    ).toBe('Downloading from 1 peer')
  })

  test('with silent peers waits for data', () => {
    expect(sentence({ peerCount: 3, downRate: 0 })).toBe('Connected to 3 peers, waiting for data')
  })

  test('with nothing ticked says so', () => {
    expect(sentence({ wantedBytes: 0 })).toBe('No file is ticked')
  })

  test('shares with whoever is connected when complete', () => {
    const seeding = { phase: { name: 'seeding' }, haveBytes: 100_000 } as const

    expect(sentence({ ...seeding, peerCount: 1 })).toBe('Complete. Sharing with 1 peer')
    expect(sentence({ ...seeding, wantedBytes: 50_000, peerCount: 2 })).toBe(
      'Every ticked file is here. Sharing with 2 peers',
    )
  })
})

describe('a torrent that rests', () => {
  test('paused by a person says how far it came', () => {
    const phase = {
      name: 'paused',
      from: { name: 'downloading', eta: null },
      why: 'person',
    } as const

    expect(sentence({ phase, haveBytes: 25_000 })).toBe('Paused at 25%')
  })

  test('paused for want of room says that', () => {
    const phase = {
      name: 'paused',
      from: { name: 'downloading', eta: null },
      why: 'storage',
    } as const

    expect(sentence({ phase })).toBe('Paused: there is no room left for it on this device')
  })

  test('paused for files outside the browser says which, not that there is no room', () => {
    const phase = { name: 'paused', from: { name: 'seeding' }, why: 'storage' } as const

    expect(sentence({ phase, trouble: { kind: 'storage/permission', name: 'Films' } })).toBe(
      'The browser wants to ask you again before it opens “Films”.',
    )
    expect(sentence({ phase, trouble: { kind: 'storage/source-missing', name: 'a.iso' } })).toBe(
      '“a.iso” is not where it was when it was shared.',
    )
  })

  test('failed says the error', () => {
    const phase = {
      name: 'failed',
      from: { name: 'resolving' },
      error: { kind: 'swarm/metadata-timeout' },
    } as const

    expect(sentence({ phase })).toBe('Nobody sent the file list in time.')
  })
})
