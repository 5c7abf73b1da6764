import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { EngineError } from '../../../src/engine/model/errors.ts'
import type { ActivePhase, TorrentPhase } from '../../../src/engine/model/torrent.ts'
import { nextPhase, type TorrentEvent } from '../../../src/engine/torrent-machine.ts'

const resolving: ActivePhase = { name: 'resolving' }
const checking: ActivePhase = { name: 'checking', checkedPieces: 0 }
const downloading: ActivePhase = { name: 'downloading', eta: null }
const seeding: ActivePhase = { name: 'seeding' }
const active: readonly ActivePhase[] = [resolving, checking, downloading, seeding]
const broken: EngineError = { kind: 'storage/unsupported' }

const paused = (from: ActivePhase): TorrentPhase => ({ name: 'paused', from, why: 'person' })
const failed = (from: ActivePhase): TorrentPhase => ({ name: 'failed', from, error: broken })
const play = (start: TorrentPhase, ...events: readonly TorrentEvent[]) =>
  events.reduce(nextPhase, start)

describe('progress of an active torrent', () => {
  const same = 'same'
  /** For each event: what becomes of resolving, checking, downloading, seeding. */
  const table: ReadonlyArray<readonly [TorrentEvent, ...ReadonlyArray<ActivePhase | typeof same>]> =
    [
      [{ type: 'metadata-received' }, checking, same, same, same],
      [{ type: 'check-started' }, checking, checking, checking, checking],
      [
        { type: 'pieces-checked', checkedPieces: 7 },
        same,
        { name: 'checking', checkedPieces: 7 },
        same,
        same,
      ],
      [{ type: 'check-finished', complete: true }, same, seeding, same, same],
      [{ type: 'check-finished', complete: false }, same, downloading, same, same],
      [{ type: 'eta', eta: 9 }, same, same, { name: 'downloading', eta: 9 }, same],
      [{ type: 'completed' }, same, same, seeding, same],
      [{ type: 'selection-widened' }, same, same, same, downloading],
      [{ type: 'resumed' }, same, same, same, same],
      [{ type: 'retried' }, same, same, same, same],
    ]

  for (const [event, ...outcomes] of table) {
    test(`${JSON.stringify(event)} does what the table says, awake, asleep and failed`, () => {
      active.forEach((phase, at) => {
        const outcome = outcomes[at] === same ? phase : outcomes[at]

        expect(nextPhase(phase, event)).toEqual(outcome)
        if (event.type === 'resumed') return
        if (event.type === 'retried') return
        expect(nextPhase(paused(phase), event)).toEqual(paused(outcome!))
        expect(nextPhase(failed(phase), event)).toEqual(failed(phase))
      })
    })
  }
})

test("what rests because only private torrents may run keeps a person's pause, and a full disk's", () => {
  const resting = play(seeding, { type: 'paused', why: 'policy' })

  expect(resting).toEqual({ name: 'paused', from: seeding, why: 'policy' })
  expect(play(resting, { type: 'paused', why: 'person' })).toMatchObject({ why: 'person' })
  expect(
    play(seeding, { type: 'paused', why: 'storage' }, { type: 'paused', why: 'policy' }),
  ).toMatchObject({ why: 'storage' })
})

test('a magnet goes from resolving to seeding', () => {
  const phase = play(
    resolving,
    { type: 'metadata-received' },
    { type: 'pieces-checked', checkedPieces: 3 },
    { type: 'check-finished', complete: false },
    { type: 'eta', eta: 1000 },
    { type: 'completed' },
  )

  expect(phase).toEqual(seeding)
})

test('a torrent that completes while paused stays paused, and seeds when resumed', () => {
  const asleep = nextPhase(paused(downloading), { type: 'completed' })

  expect(asleep).toEqual(paused(seeding))
  expect(nextPhase(asleep, { type: 'resumed' })).toEqual(seeding)
})

test('a paused seed that is asked for more files downloads only once it is resumed', () => {
  const asleep = nextPhase(paused(seeding), { type: 'selection-widened' })

  expect(asleep).toEqual(paused(downloading))
  expect(nextPhase(asleep, { type: 'resumed' })).toEqual(downloading)
})

test("a person's pause replaces the engine's, and the engine's never replaces a person's", () => {
  const full: TorrentPhase = { name: 'paused', from: downloading, why: 'storage' }

  expect(nextPhase(full, { type: 'paused', why: 'person' })).toEqual(paused(downloading))
  expect(nextPhase(paused(downloading), { type: 'paused', why: 'storage' })).toEqual(
    paused(downloading),
  )
  expect(nextPhase(full, { type: 'paused', why: 'queue' })).toEqual(full)
})

test('a second failure keeps where the first one came from and says the newer reason', () => {
  const newer: EngineError = { kind: 'storage/locked' }

  const phase = nextPhase(failed(checking), { type: 'failed', error: newer })

  expect(phase).toEqual({ name: 'failed', from: checking, error: newer })
})

test('a phase that does not change is the same object', () => {
  for (const phase of [...active, ...active.map(paused), ...active.map(failed)]) {
    expect(nextPhase(phase, { type: 'pieces-checked', checkedPieces: 1 }) === phase).toBe(
      phase.name !== 'checking' && !(phase.name === 'paused' && phase.from.name === 'checking'),
    )
  }
})

const anyEvent: fc.Arbitrary<TorrentEvent> = fc.oneof(
  fc.record({
    type: fc.constant('paused' as const),
    why: fc.constantFrom('person', 'storage', 'queue', 'goal', 'metered'),
  }),
  fc.constant({ type: 'resumed' as const }),
  fc.constant({ type: 'failed' as const, error: broken }),
  fc.constant({ type: 'retried' as const }),
  fc.constant({ type: 'metadata-received' as const }),
  fc.constant({ type: 'check-started' as const }),
  fc.record({ type: fc.constant('pieces-checked' as const), checkedPieces: fc.nat() }),
  fc.record({ type: fc.constant('check-finished' as const), complete: fc.boolean() }),
  fc.record({ type: fc.constant('eta' as const), eta: fc.option(fc.nat()) }),
  fc.constant({ type: 'completed' as const }),
  fc.constant({ type: 'selection-widened' as const }),
)
const anyPhase = fc.array(anyEvent, { maxLength: 30 }).map((events) => play(resolving, ...events))
const ACTIVE_NAMES = ['resolving', 'checking', 'downloading', 'seeding']

test('any sequence of events ends in a legal phase', () => {
  fc.assert(
    fc.property(anyPhase, (phase) => {
      const from = phase.name === 'paused' || phase.name === 'failed' ? phase.from : phase

      expect(ACTIVE_NAMES).toContain(from.name)
    }),
  )
})

test('to pause and resume at once changes nothing', () => {
  fc.assert(
    fc.property(anyPhase, (phase) => {
      fc.pre(phase.name !== 'paused')

      expect(play(phase, { type: 'paused', why: 'person' }, { type: 'resumed' })).toBe(phase)
    }),
  )
})

test('whatever happens while it is failed, a retry goes back to where it failed', () => {
  fc.assert(
    fc.property(anyPhase, fc.array(anyEvent), (phase, events) => {
      const from = phase.name === 'paused' || phase.name === 'failed' ? phase.from : phase
      const quiet = events.filter((event) => event.type !== 'retried')

      const retried = play(phase, { type: 'failed', error: broken }, ...quiet, { type: 'retried' })

      expect(retried).toEqual(from)
    }),
  )
})

test('a paused torrent wakes by nothing but a resume or a failure', () => {
  fc.assert(
    fc.property(anyPhase, fc.array(anyEvent), (phase, events) => {
      const quiet = events.filter(({ type }) => type !== 'resumed' && type !== 'failed')
      const asleep = play(phase, { type: 'retried' }, { type: 'paused', why: 'person' })

      expect(play(asleep, ...quiet)).toMatchObject({ name: 'paused', why: 'person' })
    }),
  )
})
