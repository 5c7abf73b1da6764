import { describe, expect, test } from 'vitest'
import { makeSmartBan } from '../../../../src/engine/swarm/smart-ban.ts'
import { makeSoleSource } from '../../../../src/engine/swarm/sole-source.ts'

function aSoleSource({ trusted = '', suspects = [] as readonly number[] } = {}) {
  const clock = { time: 0 }
  const sole = makeSoleSource<string>({
    isTrusted: (peer) => trusted.includes(peer),
    isSuspect: (piece) => suspects.includes(piece),
    now: () => clock.time,
  })
  return { sole, clock }
}

test('a newcomer gets a piece of its own, and none that others began', () => {
  const { sole } = aSoleSource({ trusted: 'ab' })

  expect(sole.mayAsk(0, 'new')).toBe(true)
  expect(sole.mayAsk(0, 'new')).toBe(true)
  expect(sole.mayAsk(0, 'a')).toBe(false)
  expect(sole.mayAsk(1, 'a')).toBe(true)
  expect(sole.mayAsk(1, 'new')).toBe(false)
})

test('trusted peers share pieces, but not one that failed before', () => {
  const { sole } = aSoleSource({ trusted: 'ab', suspects: [1] })

  expect(sole.mayAsk(0, 'a') && sole.mayAsk(0, 'b')).toBe(true)
  expect(sole.mayAsk(1, 'a')).toBe(true)
  expect(sole.mayAsk(1, 'b')).toBe(false)
})

test('a piece that ended may be begun by anybody', () => {
  const { sole } = aSoleSource()
  sole.mayAsk(0, 'x')

  sole.ended(0)

  expect(sole.mayAsk(0, 'y')).toBe(true)
})

test('what only a peer that left was asked for is free again', () => {
  const { sole } = aSoleSource()
  sole.mayAsk(0, 'x')

  sole.gone('x')

  expect(sole.mayAsk(0, 'y')).toBe(true)
  expect(sole.mayAsk(0, 'z')).toBe(false)
})

test('who is asked no more, or is slow, does not hold a piece for ever', () => {
  const { sole, clock } = aSoleSource()
  sole.mayAsk(0, 'silent')
  sole.mayAsk(1, 'slow')

  clock.time = 19_000
  sole.mayAsk(1, 'slow')
  expect(sole.mayAsk(0, 'y')).toBe(false)
  clock.time = 21_000
  expect(sole.mayAsk(0, 'y')).toBe(true)
  expect(sole.mayAsk(1, 'y')).toBe(false)
  for (; clock.time < 61_000; clock.time += 10_000) sole.mayAsk(1, 'slow')
  expect(sole.mayAsk(1, 'y')).toBe(true)
})

describe('a swarm with poisoners (T12)', () => {
  const PIECES = 60
  const BLOCKS = 8
  const WINDOW = 8
  const right = (piece: number, block: number) => Uint8Array.of(piece, block, 1)
  const wrong = Uint8Array.of(0, 0, 0)

  /** A generator of numbers in [0, 1) that is the same in each run (Park and Miller). */
  function seeded(seed: number): () => number {
    let state = seed
    return () => (state = (state * 48271) % 2147483647) / 2147483647
  }

  /**
   * Peers answer one block after the other, in random order, for the first pieces they may be
   * asked for. Capitals lie: always, or with the odds given, once they have sent `after` blocks.
   */
  async function download(
    names: string,
    { odds = 1, after = 0, seed = 1 }: { odds?: number; after?: number; seed?: number } = {},
  ) {
    const random = seeded(seed)
    const ban = makeSmartBan<string>({
      pieceCount: PIECES,
      digest: (bytes) => crypto.subtle.digest('SHA-1', bytes.slice()),
    })
    const sole = makeSoleSource<string>({
      isTrusted: (peer) => ban.verifiedBytes(peer) > 0 && !ban.onParole(peer),
      isSuspect: (piece) => ban.isSuspect(piece),
      now: () => 0,
    })
    const peers = new Set(names)
    const sent = new Map<string, number>()
    const missing = Array.from({ length: PIECES }, (_, piece) => piece)
    const have = new Map(
      missing.map((piece) => [piece, new Array<Uint8Array | null>(BLOCKS).fill(null)]),
    )
    let wasted = 0

    const close = (guilty: readonly string[]) => {
      for (const peer of guilty) {
        peers.delete(peer)
        for (const { piece, offset } of ban.takeBlocks(peer)) have.get(piece)![offset / 3] = null
        sole.gone(peer)
      }
    }
    const finish = async (piece: number) => {
      const blocks = have.get(piece)!
      const good = blocks.every((bytes, nth) => bytes!.join() === right(piece, nth).join())
      sole.ended(piece)
      if (good) {
        missing.splice(missing.indexOf(piece), 1)
        const whole = Uint8Array.from(blocks.flatMap((bytes) => [...bytes!]))
        return close(await ban.pieceGood(piece, whole))
      }
      wasted += 1
      have.set(piece, new Array<Uint8Array | null>(BLOCKS).fill(null))
      close(await ban.pieceFailed(piece))
    }

    for (let turn = 0; missing.length > 0; turn++) {
      if (turn > 100_000) throw new Error('the download does not end')
      const peer = [...peers][Math.floor(random() * peers.size)]!
      const piece = missing
        .slice(0, WINDOW)
        .find((one) => have.get(one)!.includes(null) && sole.mayAsk(one, peer))
      if (piece === undefined) continue
      const block = have.get(piece)!.indexOf(null)
      const count = (sent.get(peer) ?? 0) + 1
      sent.set(peer, count)
      const lies = peer !== peer.toLowerCase() && count > after && random() < odds
      const bytes = lies ? wrong : right(piece, block)
      have.get(piece)![block] = bytes
      ban.block(piece, block * 3, peer, bytes)
      if (!have.get(piece)!.includes(null)) await finish(piece)
    }
    return { wasted, left: [...peers].join('') }
  }

  for (const names of ['aX', 'abcdX', 'abXYZ']) {
    test(`${names}: each poisoner costs one piece, and no honest peer is banned`, async () => {
      for (let seed = 1; seed <= 10; seed++) {
        const { wasted, left } = await download(names, { seed })

        expect(left).toBe(names.replace(/[A-Z]/g, ''))
        expect(wasted).toBeLessThanOrEqual(names.replace(/[a-z]/g, '').length)
      }
    })
  }

  test('one that lies now and then costs a few pieces and is found', async () => {
    for (let seed = 1; seed <= 10; seed++) {
      const { wasted, left } = await download('abcX', { odds: 0.2, seed })

      expect(left).toBe('abc')
      expect(wasted).toBeLessThanOrEqual(4)
    }
  })

  test('one that lies once it is trusted spoils no more than is on order', async () => {
    for (let seed = 1; seed <= 10; seed++) {
      const { wasted, left } = await download('abcX', { after: 40, seed })

      expect(left).toBe('abc')
      expect(wasted).toBeLessThanOrEqual(WINDOW)
    }
  })
})
