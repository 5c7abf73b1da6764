import fc from 'fast-check'
import { beforeEach, expect, test } from 'vitest'
import { makeSmartBan, type SmartBan } from '../../../../src/engine/swarm/smart-ban.ts'

/** Four blocks a piece, the last one shorter. How long a block is matters to nobody here. */
const BLOCK_LENGTH = 64
const PIECE_LENGTH = 3 * BLOCK_LENGTH + 10
const OFFSETS = [0, 1, 2, 3].map((nth) => nth * BLOCK_LENGTH)

const pieceBytes = (piece: number) =>
  Uint8Array.from({ length: PIECE_LENGTH }, (_, at) => (at * 7 + piece) & 0xff)
const blockOf = (piece: number, offset: number) =>
  pieceBytes(piece).slice(offset, offset + BLOCK_LENGTH)
const zeros = (offset: number) => new Uint8Array(blockOf(0, offset).length)
const sha1 = (bytes: Uint8Array) => crypto.subtle.digest('SHA-1', bytes.slice())

let ban: SmartBan<string>
beforeEach(() => {
  ban = makeSmartBan({ pieceCount: 200, digest: sha1 })
})

/** One letter a block: who sends it. Capitals send zeros. Ends as the hash would say. */
function download(piece: number, senders: string): Promise<readonly string[]> {
  ;[...senders].forEach((sender, nth) => {
    const offset = OFFSETS[nth]!
    const lies = sender === sender.toUpperCase()
    ban.block(piece, offset, sender, lies ? zeros(offset) : blockOf(piece, offset))
  })
  return /[A-Z]/.test(senders) ? ban.pieceFailed(piece) : ban.pieceGood(piece, pieceBytes(piece))
}

test('a bad piece from one peer convicts it at once', async () => {
  expect(await download(0, 'XXXX')).toEqual(['X'])
})

test('a bad piece from several convicts nobody, until it is good and the blocks can be compared', async () => {
  expect(await download(0, 'aXab')).toEqual([])
  expect(['a', 'b', 'X', 'c'].map((peer) => ban.onParole(peer))).toEqual([true, true, true, false])

  expect(await download(0, 'cccc')).toEqual(['X'])
  expect(['a', 'b', 'X', 'c'].map((peer) => ban.onParole(peer))).toEqual([
    false,
    false,
    false,
    false,
  ])
})

test('two poisoners of one piece are both found, over several attempts', async () => {
  await download(0, 'aXab')
  await download(0, 'aaYb')

  expect((await download(0, 'abab')).toSorted()).toEqual(['X', 'Y'])
})

test('a wrong block that a right one overtook convicts its sender although the piece is good', async () => {
  ban.block(0, 0, 'X', zeros(0))

  expect(await download(0, 'aaaa')).toEqual(['X'])
})

test('verified bytes count once, only when the piece is good, for whose block was right', async () => {
  ban.block(0, 0, 'X', zeros(0))
  ban.block(0, 0, 'a', blockOf(0, 0))
  expect(ban.verifiedBytes('a')).toBe(0)
  await download(0, 'baab')
  await download(1, 'aXaa')

  expect(ban.verifiedBytes('a')).toBe(3 * BLOCK_LENGTH)
  expect(ban.verifiedBytes('b')).toBe(10)
  expect(ban.verifiedBytes('X')).toBe(0)
})

test('a block that comes after its piece is good counts for nothing', async () => {
  await download(0, 'aaaa')
  ban.block(0, 0, 'b', blockOf(0, 0))

  expect(ban.takeBlocks('b')).toEqual([])
  expect(ban.verifiedBytes('b')).toBe(0)
})

test('who is in three unexplained failures goes, if others are in fewer', async () => {
  expect(await download(0, 'aXaa')).toEqual([])
  expect(await download(1, 'bXbb')).toEqual([])

  expect(await download(2, 'cXcc')).toEqual(['X'])
})

test('two who are in the same failures stay both: only a piece from one of them can tell', async () => {
  for (let piece = 0; piece < 10; piece++) expect(await download(piece, 'aXaX')).toEqual([])

  expect(ban.onParole('a') && ban.onParole('X')).toBe(true)
  expect(await download(0, 'aaaa')).toEqual(['X'])
})

test('a peer with more good pieces than failures stays without proof', async () => {
  for (let piece = 100; piece < 110; piece++) await download(piece, 'aaaa')
  for (let piece = 0; piece < 5; piece++) {
    expect(await download(piece, `a${'XYZVW'[piece]}aa`)).toEqual([])
  }
})

test('a poisoner that behaved for a hundred pieces is found by its first bad block', async () => {
  for (let piece = 10; piece < 110; piece++) await download(piece, 'xxaa')
  ban.block(0, 0, 'x', zeros(0))
  ban.block(0, OFFSETS[1]!, 'a', blockOf(0, OFFSETS[1]!))
  await ban.pieceFailed(0)

  expect(await download(0, 'aaaa')).toEqual(['x'])
})

test('what a banned peer sent for unfinished pieces can be asked for again', async () => {
  ban.block(5, 0, 'X', zeros(0))
  ban.block(5, OFFSETS[1]!, 'a', blockOf(5, OFFSETS[1]!))
  ban.block(6, OFFSETS[3]!, 'X', zeros(OFFSETS[3]!))

  expect(ban.takeBlocks('X')).toEqual([
    { piece: 5, offset: 0, length: BLOCK_LENGTH },
    { piece: 6, offset: OFFSETS[3], length: 10 },
  ])
  expect(await download(5, 'aaaa')).toEqual([])
})

test('the oldest of too many failed pieces are let go, and their sources with them', async () => {
  await download(0, 'aX')
  for (let piece = 1; piece <= 64; piece++) await download(piece, 'bY')

  expect(ban.onParole('a')).toBe(false)
  expect(ban.onParole('b')).toBe(true)
  expect(await download(0, 'cccc')).toEqual([])
})

test('the piece may be overwritten as soon as it was handed over', async () => {
  await download(0, 'aXab')
  const bytes = pieceBytes(0)
  const verdict = ban.pieceGood(0, bytes)
  bytes.fill(0)

  expect(await verdict).toEqual(['X'])
})

test('whoever sends only what is right is never convicted by comparison', async () => {
  const anyAttempt = fc.array(fc.constantFrom('a', 'b', 'X', 'Y'), { minLength: 4, maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(fc.array(anyAttempt, { maxLength: 4 }), async (attempts) => {
      ban = makeSmartBan({ pieceCount: 1, digest: sha1 })
      const liars = new Set<string>()
      for (const senders of attempts.filter((senders) => /[XY]/.test(senders.join('')))) {
        const banned = await download(0, senders.join(''))
        expect(banned.every((peer) => 'XY'.includes(peer))).toBe(true)
        for (const sender of senders) if ('XY'.includes(sender)) liars.add(sender)
        if (new Set(senders).size === 1) liars.delete(senders[0]!)
      }

      const banned = await download(0, 'cccc')

      expect(banned.every((peer) => 'XY'.includes(peer))).toBe(true)
      for (const liar of liars) expect(banned).toContain(liar)
    }),
    { numRuns: 50 },
  )
})
