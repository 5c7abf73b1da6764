import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeWireGuard } from '../../../../src/engine/swarm/wire-guard.ts'
import {
  bitfield,
  block,
  cancel,
  extended,
  extendedHandshake,
  extendedText,
  frame,
  handshake,
  have,
  INFO_HASH,
  joined,
  keepAlive,
  metadata,
  reject,
  request,
  uint32,
} from './wire-frames.ts'

/** What stands behind the guard has no types of its own; these are of what is used here. */
interface Wire {
  readonly peerPieces: { get(piece: number): boolean }
  readonly peerRequests: readonly unknown[]
  readonly extendedMapping: Readonly<Record<number, string>>
  readonly ut_metadata: { fetch(): void; readonly _metadataSize: number | null }
  /** Bytes of a message that is not complete yet. */
  readonly _bufferSize: number
  _write(chunk: Uint8Array, done: () => void): void
  use(extension: unknown): void
  on(event: string, listener: (detail: Uint8Array) => void): void
  handshake(infoHash: string, peerId: string, extensions: { fast: boolean }): void
  request(piece: number, offset: number, length: number): void
  unchoke(): void
  destroy(): void
}
const vendor = async <Export>(name: string) =>
  ((await import(/* @vite-ignore */ name)) as { readonly default: Export }).default
const Protocol = await vendor<new (type: string) => Wire>('bittorrent-protocol')
const utMetadata = await vendor<() => unknown>('ut_metadata')
const ltDontHave = await vendor<() => unknown>('lt_donthave')

const GEOMETRY = { pieceCount: 10, pieceLength: 40_000, lastPieceLength: 1000 }

/** A wire of bittorrent-protocol with the extensions WebTorrent gives it, behind a guard. */
function aGuardedWire() {
  const wire = new Protocol('webrtc')
  wire.use(utMetadata())
  wire.use(ltDontHave())
  wire.ut_metadata.fetch()
  const guard = makeWireGuard({
    infoHash: INFO_HASH,
    extension: (number) => wire.extendedMapping[number],
    now: () => 0,
  })
  guard.know(GEOMETRY)
  wire.on('data', (chunk) => guard.noteOutbound(chunk))
  wire.on('error', () => undefined)
  wire.handshake(INFO_HASH, '2d'.repeat(20), { fast: true })
  return {
    wire,
    /** Straight to the parser: what it throws is thrown here, not later in its stream. */
    receive: (bytes: Uint8Array): boolean => {
      const result = guard.push(bytes)
      if (!result.ok) return false
      for (const chunk of result.value) wire._write(chunk, () => undefined)
      return true
    },
  }
}

test('an honest conversation reaches the wire', () => {
  const { wire, receive } = aGuardedWire()
  const heard: string[] = []
  for (const event of ['handshake', 'have', 'bitfield', 'unchoke', 'interested']) {
    wire.on(event, () => heard.push(event))
  }

  const fine = receive(
    joined(
      handshake(),
      extendedHandshake({ m: { ut_metadata: 3 }, metadata_size: 5 }),
      bitfield(0x80, 0),
      have(4),
      frame(1),
      frame(2),
    ),
  )

  expect(fine).toBe(true)
  expect(heard).toEqual(['handshake', 'bitfield', 'have', 'unchoke', 'interested'])
  expect(wire.peerPieces.get(4)).toBe(true)
  expect(wire.ut_metadata._metadataSize).toBe(5)
})

test('what hangs, crashes or blinds the wire does not reach it', () => {
  const announce = extendedHandshake({ m: { ut_metadata: 3 }, metadata_size: 20_000 })
  const killers: ReadonlyArray<readonly Uint8Array[]> = [
    [extendedText(0, 'l-3:e')],
    [extendedText(1, 'l-3:e')],
    [extendedText(1, 'd8:msg_typel-3:ee')],
    [metadata({ msg_type: 1, piece: 0 }, new Uint8Array(16_384))],
    [announce, metadata({ msg_type: 1, piece: 2 }, new Uint8Array(16_384))],
    [announce, metadata({ msg_type: 1, piece: -1 }, new Uint8Array(16_384))],
    [request(0, -5)],
    [uint32(0xffffffff), Uint8Array.of(7)],
    [have(0xffffffff)],
  ]
  for (const frames of killers) {
    const { wire, receive } = aGuardedWire()

    expect(receive(joined(handshake(), ...frames))).toBe(false)
    expect(wire._bufferSize).toBe(0)
  }
})

test('the wire survives whatever the guard lets through', () => {
  const number = fc.oneof(fc.nat(12), fc.integer({ min: -10, max: 40_010 }), fc.integer())
  const length = fc.constantFrom(0, 1, 1000, 7232, 16_384, 16_385)
  const bytes = fc.uint8Array({ maxLength: 40 })
  const dictionary = fc.dictionary(
    fc.constantFrom('m', 'msg_type', 'piece', 'total_size', 'metadata_size', 'reqq', 'v', 'ee'),
    fc.oneof(
      number,
      fc.string(),
      fc.constant([1]),
      fc.dictionary(fc.constantFrom('ut_metadata', 'lt_donthave', 'x'), number),
    ),
  )
  const anyFrame = fc.oneof(
    fc.constant(keepAlive()),
    fc.nat(22).map((kind) => frame(kind)),
    number.map(have),
    fc.tuple(number, number, length).map((asked) => request(...asked)),
    fc.tuple(number, number, length).map((asked) => cancel(...asked)),
    fc.tuple(number, number, length).map((asked) => reject(...asked)),
    fc.tuple(number, number, length).map((sent) => block(...sent)),
    fc.uint8Array({ minLength: 1, maxLength: 3 }).map((bits) => bitfield(...bits)),
    fc.tuple(fc.nat(3), bytes).map(([id, payload]) => extended(id, payload)),
    dictionary.map(extendedHandshake),
    fc.constant(
      extendedHandshake({ m: { ut_metadata: 3, lt_donthave: 4 }, metadata_size: 20_000 }),
    ),
    fc.tuple(dictionary, length).map(([head, tail]) => metadata(head, new Uint8Array(tail))),
    number.map((piece) => extended(2, uint32(piece))),
    fc.tuple(fc.nat(22), bytes).map(([kind, payload]) => frame(kind, [], payload)),
  )
  const anyFlip = fc.tuple(fc.nat(), fc.nat(255))

  fc.assert(
    fc.property(
      fc.array(anyFrame, { maxLength: 20 }),
      fc.array(anyFlip, { maxLength: 3 }),
      fc.array(fc.integer({ min: 1, max: 5000 })),
      (frames, flips, cuts) => {
        const { wire, receive } = aGuardedWire()
        wire.unchoke()
        receive(joined(handshake(), frame(1)))
        wire.request(1, 0, 16_384)
        const stream = joined(...frames)
        for (const [at, byte] of flips) if (stream.length > 0) stream[at % stream.length] = byte

        for (let at = 0, nth = 0; at < stream.length; nth++) {
          const end = at + (cuts[nth % cuts.length] ?? stream.length)
          if (!receive(stream.slice(at, end))) break
          expect(wire._bufferSize).toBe(0)
          at = end
        }

        expect(wire.peerRequests.length).toBeLessThanOrEqual(20)
        wire.destroy()
      },
    ),
    { numRuns: 300 },
  )
})
