import { expect, test } from 'vitest'
import { infoHashOfDigest } from '../../../../src/engine/model/ids.ts'
import { DEFAULT_SETTINGS } from '../../../../src/engine/model/settings.ts'
import { makeRateLimits } from '../../../../src/engine/swarm/rate-limits.ts'

const torrent = (byte: number) => infoHashOfDigest(new Uint8Array(20).fill(byte))
/** More than passes at once whatever the limit's burst. */
const MUCH = 10_000_000

const passes = (gate: { request(bytes: number): Promise<void> | undefined }) => {
  const first = gate.request(MUCH)
  return first === undefined && gate.request(1) === undefined
}

test('without limits everything passes at once', () => {
  const { down, up } = makeRateLimits(DEFAULT_SETTINGS).forPeer(torrent(1))

  expect(passes(down)).toBe(true)
  expect(passes(up)).toBe(true)
})

test('the limit of a peer holds that peer and no other', () => {
  const limits = makeRateLimits({ ...DEFAULT_SETTINGS, peerDownLimit: 1000 })
  const one = limits.forPeer(torrent(1))
  const other = limits.forPeer(torrent(1))

  expect(passes(one.down)).toBe(false)
  expect(other.down.request(1)).toBeUndefined()
})

test('the limit of a torrent holds all its peers and no other torrent', () => {
  const limits = makeRateLimits({ ...DEFAULT_SETTINGS, torrentUpLimit: 1000 })
  const one = limits.forPeer(torrent(1))
  const sibling = limits.forPeer(torrent(1))
  const stranger = limits.forPeer(torrent(2))

  expect(passes(one.up)).toBe(false)
  expect(sibling.up.request(1)).toBeInstanceOf(Promise)
  expect(stranger.up.request(1)).toBeUndefined()
})

test('the limit of all holds every torrent, and what has no peer', () => {
  const limits = makeRateLimits({ ...DEFAULT_SETTINGS, downLimit: 1000 })

  expect(passes(limits.forPeer(torrent(1)).down)).toBe(false)
  expect(limits.forPeer(torrent(2)).down.request(1)).toBeInstanceOf(Promise)
  expect(limits.downOf(torrent(3)).request(1)).toBeInstanceOf(Promise)
})

test('a change frees who waits', async () => {
  const limits = makeRateLimits({ ...DEFAULT_SETTINGS, peerDownLimit: 1, torrentDownLimit: 1 })
  const { down } = limits.forPeer(torrent(1))
  void down.request(MUCH)
  const waiting = down.request(MUCH)

  limits.apply(DEFAULT_SETTINGS)

  await expect(waiting).resolves.toBeUndefined()
})

test('a torrent’s own limit takes the place of the one of the settings, at once and until it is taken back', () => {
  const limits = makeRateLimits({ ...DEFAULT_SETTINGS, torrentUpLimit: 1000 })
  limits.setTorrent(torrent(1), { down: 1000, up: null })
  const one = limits.forPeer(torrent(1))
  const other = limits.forPeer(torrent(2))

  expect(passes(one.down)).toBe(false)
  expect(passes(other.down)).toBe(true)
  expect(passes(one.up)).toBe(false)

  limits.setTorrent(torrent(1), { down: null, up: null })
  limits.apply(DEFAULT_SETTINGS)

  expect(passes(one.down)).toBe(true)
  expect(passes(one.up)).toBe(true)
})

test('a limit outlives the peers that it held', () => {
  const limits = makeRateLimits(DEFAULT_SETTINGS)
  limits.setTorrent(torrent(1), { down: null, up: 1000 })

  limits.forPeer(torrent(1)).release()

  expect(passes(limits.forPeer(torrent(1)).up)).toBe(false)
})
