import { afterEach, expect, test, vi } from 'vitest'
import { paceRequests } from '../../../../src/engine/adapters/request-pace.ts'
import { KIB, MIB, SECOND, type BytesPerSecond } from '../../../../src/engine/model/units.ts'

/** WebTorrent's words have no types here; these are of what is used. */
interface Wire {
  downloadSpeed: () => BytesPerSecond
  readonly requests: object[]
}
/** The decisions that are replaced; nothing else of a torrent is touched. */
interface Torrent {
  _updateWire: (wire: Wire) => void
  _updateWireWrapper(): void
  _update: () => void
}
const pacing = paceRequests as unknown as (torrent: Torrent) => { newWire(wire: Wire): void }
const vendor = 'bittorrent-protocol'
const { default: Protocol } = (await import(/* @vite-ignore */ vendor)) as {
  default: new (type: string) => Wire
}

/** What this peer is measured at, by whoever asks. */
const MEASURED: BytesPerSecond = 20 * KIB

let now = 0

afterEach(() => {
  vi.restoreAllMocks()
})

/**
 * One wire, and of WebTorrent's torrent no more than the decisions that are replaced: for each
 * time it would ask a peer, the rate it goes by.
 */
function paced({ downloaded = 0, requests = 0 } = {}) {
  now = 0
  vi.spyOn(performance, 'now').mockImplementation(() => now)
  const wire = new Protocol('webrtc')
  Object.assign(wire, { downloaded })
  for (let block = 0; block < requests; block++) {
    wire.requests.push({ piece: 0, offset: block, length: 1 })
  }
  wire.downloadSpeed = () => MEASURED
  const rates: BytesPerSecond[] = []
  const looks = vi.fn()
  const torrent: Torrent = {
    _updateWire: (wire) => rates.push(wire.downloadSpeed()),
    _updateWireWrapper: looks,
    _update: looks,
  }
  const pace = pacing(torrent)
  pace.newWire(wire)
  return { torrent, wire, rates, looks, pace }
}

test('a peer is asked for a megabyte’s worth of blocks from its first block on', () => {
  const { torrent, wire, rates } = paced({ downloaded: 16 * KIB })

  torrent._updateWire(wire)

  expect(rates).toEqual([MIB])
})

test('a peer that gave nothing yet is asked as WebTorrent would', () => {
  const { torrent, wire, rates } = paced({ downloaded: 0 })

  torrent._updateWire(wire)

  expect(rates).toEqual([MEASURED])
})

test('after a few seconds the measured rate decides, however late the first block came', () => {
  const { torrent, wire, rates } = paced()
  now = 60 * SECOND
  Object.assign(wire, { downloaded: 1 })

  torrent._updateWire(wire)
  now += 3 * SECOND - 1
  torrent._updateWire(wire)
  now += 1
  torrent._updateWire(wire)

  expect(rates).toEqual([MIB, MIB, MEASURED])
})

test('a peer that is faster than the first guess is asked by its own rate', () => {
  const { torrent, wire, rates, pace } = paced({ downloaded: 1 })
  wire.downloadSpeed = () => 5 * MIB
  pace.newWire(wire)

  torrent._updateWire(wire)

  expect(rates).toEqual([5 * MIB])
})

test('whoever else wants to know its rate is told what was measured', () => {
  const { torrent, wire } = paced({ downloaded: 1 })

  torrent._updateWire(wire)

  expect(wire.downloadSpeed()).toBe(MEASURED)
})

test('the rate of another peer is not guessed while one is asked', () => {
  const { torrent, wire, pace } = paced({ downloaded: 1 })
  const other = new Protocol('webrtc')
  Object.assign(other, { downloaded: 1 })
  other.downloadSpeed = () => MEASURED
  pace.newWire(other)
  const told: BytesPerSecond[] = []
  wire.downloadSpeed = () => told.push(other.downloadSpeed())

  torrent._updateWire(wire)

  expect(told).toEqual([MEASURED])
})

test.each([
  ['a little less than enough', 383, 1],
  ['enough', 384, 0],
])('who has %s on order is asked for more: %i requests', (_, requests, times) => {
  const { torrent, wire, rates } = paced({ downloaded: 1, requests })

  torrent._updateWire(wire)

  expect(rates).toHaveLength(times)
})

test('all blocks of one task are one look at the wires, and those of the next another', async () => {
  const { torrent, looks } = paced()

  for (let block = 0; block < 100; block++) torrent._update()
  const before = looks.mock.calls.length
  await Promise.resolve()
  const first = looks.mock.calls.length
  torrent._update()
  await Promise.resolve()

  expect([before, first, looks.mock.calls.length]).toEqual([0, 1, 2])
})
