import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  makePieceAvailability,
  type PieceAvailability,
  type PeerPieces,
} from '../../../../src/engine/swarm/piece-availability.ts'

const silent = { onCount: () => undefined, onSeeds: () => undefined }
const countsOf = (availability: PieceAvailability, pieceCount: number) =>
  Array.from({ length: pieceCount }, (_, piece) => availability.countOf(piece))

test('counts the peers that have a piece, seeds among them', () => {
  const availability = makePieceAvailability({ pieceCount: 3, ...silent })

  availability.peer().hasAll()
  availability.peer().hasBitfield(Uint8Array.of(0b01000000))
  availability.peer().has(1)

  expect(countsOf(availability, 3)).toEqual([1, 3, 1])
})

test('a seed that loses a piece counts for all others still', () => {
  const availability = makePieceAvailability({ pieceCount: 3, ...silent })
  const peer = availability.peer()

  peer.hasAll()
  peer.lacks(1)

  expect(countsOf(availability, 3)).toEqual([1, 0, 1])
  expect(availability.seeds).toBe(0)
})

test('a peer that gets its last piece is a seed from then on', () => {
  const availability = makePieceAvailability({ pieceCount: 3, ...silent })
  const peer = availability.peer()
  peer.hasBitfield(Uint8Array.of(0b11000000))

  peer.has(2)
  peer.has(2)

  expect(availability.seeds).toBe(1)
  expect(countsOf(availability, 3)).toEqual([1, 1, 1])
  peer.lacks(0)
  expect(availability.seeds).toBe(0)
  expect(countsOf(availability, 3)).toEqual([0, 1, 1])
})

test('a full bitfield is as cheap as a seed, spare bits or not', () => {
  const counted: number[] = []
  const availability = makePieceAvailability({
    pieceCount: 11,
    onCount: (piece) => counted.push(piece),
    onSeeds: () => undefined,
  })

  availability.peer().hasBitfield(Uint8Array.of(0xff, 0b11100000))
  availability.peer().hasBitfield(Uint8Array.of(0xff, 0b11111111))
  availability.peer().hasBitfield(Uint8Array.of(0xff, 0b11000000))

  expect(availability.seeds).toBe(2)
  expect(counted).toHaveLength(10)
})

const PIECES = 19

/** A message of a peer, told to the availability and to a plain set. */
const anyMessage: fc.Arbitrary<(peer: PeerPieces, had: Set<number>) => void> = fc.oneof(
  fc.integer({ min: -2, max: PIECES + 2 }).map((piece) => (peer: PeerPieces, had: Set<number>) => {
    peer.has(piece)
    if (piece >= 0 && piece < PIECES) had.add(piece)
  }),
  fc.integer({ min: -2, max: PIECES + 2 }).map((piece) => (peer: PeerPieces, had: Set<number>) => {
    peer.lacks(piece)
    had.delete(piece)
  }),
  fc
    .oneof(fc.uint8Array({ maxLength: 5 }), fc.constant(Uint8Array.of(0xff, 0xff, 0xff)))
    .map((bits) => (peer: PeerPieces, had: Set<number>) => {
      peer.hasBitfield(bits)
      had.clear()
      for (let piece = 0; piece < PIECES; piece++) {
        if (((bits[piece >> 3] ?? 0) & (0x80 >> (piece & 7))) !== 0) had.add(piece)
      }
    }),
  fc.constant((peer: PeerPieces, had: Set<number>) => {
    peer.hasAll()
    for (let piece = 0; piece < PIECES; piece++) had.add(piece)
  }),
  fc.constant((peer: PeerPieces, had: Set<number>) => {
    peer.hasNone()
    had.clear()
  }),
)

test('no sequence of messages counts a peer twice, and nothing of a peer stays behind', () => {
  fc.assert(
    fc.property(fc.array(fc.array(anyMessage), { maxLength: 5 }), (conversations) => {
      const availability = makePieceAvailability({ pieceCount: PIECES, ...silent })
      const expected = new Array<number>(PIECES).fill(0)
      let seeds = 0
      const peers = conversations.map((messages) => {
        const peer = availability.peer()
        const had = new Set<number>()
        for (const tell of messages) tell(peer, had)
        for (const piece of had) expected[piece]! += 1
        if (had.size === PIECES) seeds += 1
        return peer
      })

      expect(countsOf(availability, PIECES)).toEqual(expected)
      expect(availability.seeds).toBe(seeds)
      for (const peer of peers) {
        peer.gone()
        peer.has(0)
        peer.hasAll()
        peer.hasBitfield(Uint8Array.of(0xff, 0xff, 0xff))
      }
      expect(countsOf(availability, PIECES)).toEqual(new Array(PIECES).fill(0))
    }),
  )
})
