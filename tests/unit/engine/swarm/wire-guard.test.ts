import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { WireGeometry } from '../../../../src/engine/contracts/torrent-client.ts'
import { KIB, MIB } from '../../../../src/engine/model/units.ts'
import { makeWireGuard, type WireGuard } from '../../../../src/engine/swarm/wire-guard.ts'
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
  reject,
  request,
  split,
  uint32,
} from './wire-frames.ts'

/** Ten pieces of two blocks and a half; the last one has 1000 bytes. */
const GEOMETRY: WireGeometry = { pieceCount: 10, pieceLength: 40_000, lastPieceLength: 1000 }
const NAMES: Readonly<Record<number, string>> = { 1: 'ut_metadata', 2: 'lt_donthave', 3: 'ut_x' }

/** After the handshake, sizes known, the clock standing still. */
function aGuard({
  geometry,
  shaken,
}: { geometry?: WireGeometry | null; shaken?: boolean } = {}): WireGuard {
  const guard = makeWireGuard({
    infoHash: INFO_HASH,
    extension: (number) => NAMES[number],
    now: () => 0,
  })
  if (shaken !== false) guard.push(handshake())
  if (geometry !== null) guard.know(geometry ?? GEOMETRY)
  return guard
}
function weUnchoke(guard: WireGuard): void {
  guard.noteOutbound(joined(handshake(), frame(1)))
}
function weAsk(guard: WireGuard, ...requests: readonly Uint8Array[]): void {
  guard.noteOutbound(joined(handshake(), ...requests))
}
const passed = (guard: WireGuard, ...frames: readonly Uint8Array[]) => {
  const result = guard.push(joined(...frames))
  return result.ok ? result.value.flatMap(split) : result.error.what
}
const problemOf = (guard: WireGuard, ...frames: readonly Uint8Array[]) => {
  const result = guard.push(joined(...frames))
  return result.ok ? null : result.error.what
}

describe('cutting', () => {
  test('whole frames in one message go on as they are, without a copy', () => {
    const guard = aGuard({ shaken: false })
    const message = joined(handshake(), keepAlive(), have(3), frame(2))

    const result = guard.push(message)

    expect(result.ok && result.value).toHaveLength(1)
    expect(result.ok && result.value[0]).toBe(message)
  })

  test('what is left out is cut out of the message, and the rest are views of it', () => {
    const guard = aGuard()
    const message = joined(have(1), frame(99), have(2), frame(9, [], Uint8Array.of(1, 2)), have(3))

    const result = guard.push(message)

    expect(passed(aGuard(), message)).toEqual([have(1), have(2), have(3)])
    expect(result.ok && result.value.map(({ buffer }) => buffer === message.buffer)).toEqual([
      true,
      true,
      true,
    ])
  })

  test('a frame that spans messages is put together once', () => {
    const guard = aGuard()
    weAsk(guard, request(1, 0))
    const whole = block(1, 0)

    const parts = [whole.subarray(0, 5), whole.subarray(5, 9000), whole.subarray(9000)]
    const results = parts.map((part) => guard.push(part))

    expect(results.map((result) => result.ok && result.value.length)).toEqual([0, 0, 1])
    expect(results[2]!.ok && results[2]!.value[0]).toEqual(whole)
  })

  test('a handshake may come a byte at a time, and passes whole', () => {
    const guard = aGuard({ shaken: false })

    const chunks = [...handshake()].flatMap((byte) => {
      const result = guard.push(Uint8Array.of(byte))
      return result.ok ? result.value : []
    })

    expect(chunks).toEqual([handshake()])
  })

  test('however a stream is cut, the same frames come out, each chunk ending with a frame', () => {
    const anyFrame = fc.oneof(
      fc.constant(keepAlive()),
      fc.constantFrom(0, 1, 2, 3).map((kind) => frame(kind)),
      fc.nat(9).map(have),
      fc
        .record({ kind: fc.integer({ min: 30, max: 255 }), bytes: fc.uint8Array() })
        .map(({ kind, bytes }) => frame(kind, [], bytes)),
      fc.nat(8).map((piece) => block(piece, 0, 300)),
      fc.uint8Array({ maxLength: 300 }).map((bytes) => extended(3, bytes)),
    )
    fc.assert(
      fc.property(fc.array(anyFrame), fc.array(fc.nat(500)), (frames, lengths) => {
        const stream = joined(handshake(), ...frames)
        const guard = aGuard({ shaken: false })
        // Asked for as often as it comes, so that each block passes.
        weAsk(guard, ...frames.map((one) => request(one[8] ?? 0, 0, 300)))

        const chunks: Uint8Array[] = []
        for (let at = 0, cut = 0; at < stream.length; cut++) {
          const length = 1 + (lengths[cut % lengths.length] ?? stream.length)
          const result = guard.push(stream.slice(at, at + length))
          if (!result.ok) throw new Error(result.error.detail)
          chunks.push(...result.value)
          at += length
        }

        const [first, ...others] = chunks
        const known = frames.filter((one) => one.length === 4 || one[4]! < 30)
        expect(first!.slice(0, 68)).toEqual(handshake())
        expect([first!.slice(68), ...others].flatMap(split)).toEqual(known)
      }),
    )
  })
})

describe('handshake', () => {
  test('another protocol is refused at its first wrong byte', () => {
    expect(problemOf(aGuard({ shaken: false }), Uint8Array.of(0x14))).toBe('handshake')
    expect(problemOf(aGuard({ shaken: false }), handshake().fill(0x42, 5, 6))).toBe('handshake')
  })

  test('another info hash is refused', () => {
    expect(problemOf(aGuard({ shaken: false }), handshake('f'.repeat(40)))).toBe('handshake')
  })

  test('after a problem nothing passes any more', () => {
    const guard = aGuard()

    expect(problemOf(guard, have(10))).toBe('range')
    expect(problemOf(guard, have(1))).toBe('range')
  })
})

describe('lengths (T9)', () => {
  const refused: ReadonlyArray<readonly [string, Uint8Array]> = [
    ['four gigabytes', Uint8Array.of(0xff, 0xff, 0xff, 0xff, 7)],
    ['a block of more than 16 KiB', uint32(9 + 16 * KIB + 1)],
    ['an extended message of more than 64 KiB', joined(uint32(64 * KIB + 3), Uint8Array.of(20))],
    ['an unknown message of more than 64 KiB', joined(uint32(64 * KIB + 2), Uint8Array.of(77))],
    ['a choke with a tail', frame(0, [1])],
    ['a have of three bytes', frame(4, [], new Uint8Array(3))],
    ['a request of eleven bytes', frame(6, [1, 2], new Uint8Array(3))],
    ['a block without bytes', frame(7, [1, 0])],
    ['a bitfield that is too short', bitfield(0xff)],
    ['a bitfield that is too long', bitfield(0xff, 0xff, 0)],
    ['an extended message without a number', frame(20)],
  ]
  for (const [name, bytes] of refused) {
    test(`${name} is refused when its head is there`, () => {
      const message = name.startsWith('a block of') ? joined(bytes, Uint8Array.of(7)) : bytes

      expect(problemOf(aGuard(), message.subarray(0, 5))).toBe('length')
    })
  }

  test('a bitfield before the sizes are known is at most one of the largest torrent', () => {
    const head = (bytes: number) => joined(uint32(1 + bytes), Uint8Array.of(5))

    expect(problemOf(aGuard({ geometry: null }), head(8 * MIB))).toBe('length')
    expect(problemOf(aGuard({ geometry: null }), head(256 * KIB))).toBe(null)
  })

  test('a bitfield or a piece that turns out not to fit is refused once the sizes are known', () => {
    const early: ReadonlyArray<readonly [Uint8Array, string | null]> = [
      [bitfield(0xff, 0xc0), null],
      [bitfield(0xff), 'length'],
      [have(9), null],
      [have(10), 'range'],
    ]
    for (const [message, problem] of early) {
      const guard = aGuard({ geometry: null })
      guard.push(message)
      guard.know(GEOMETRY)

      expect(problemOf(guard, keepAlive())).toBe(problem)
    }
  })

  test('a bitfield that had begun when the sizes became known is measured all the same', () => {
    const guard = aGuard({ geometry: null })
    const long = bitfield(1, 2, 3, 4, 5)
    guard.push(long.subarray(0, 7))

    guard.know(GEOMETRY)

    expect(problemOf(guard, long.subarray(7))).toBe('length')
  })
})

describe('ranges', () => {
  const refused: ReadonlyArray<readonly [string, Uint8Array]> = [
    ['have', have(10)],
    ['have of piece 2^32 - 1', have(0xffffffff)],
    ['suggest', frame(13, [10])],
    ['allowed-fast', frame(17, [0xffffffff])],
    ['lt_donthave', extended(2, uint32(10))],
    ['request of a piece that is not there', request(10, 0)],
    ['request beyond the piece', request(0, 40_000 - 16_383)],
    ['request beyond the last piece', request(9, 0)],
    ['request at a negative offset', request(0, -16_384)],
    ['cancel beyond the piece', cancel(0, 39_000)],
    ['reject beyond the piece', reject(0, 39_000)],
    ['block beyond the piece', block(9, 0)],
  ]
  for (const [name, bytes] of refused) {
    test(`out of range: ${name}`, () => {
      expect(problemOf(aGuard(), bytes)).toBe('range')
    })
  }

  test('numbers beyond any torrent are refused before the sizes are known', () => {
    expect(problemOf(aGuard({ geometry: null }), have(2 ** 21))).toBe('range')
    expect(problemOf(aGuard({ geometry: null }), request(0, 2 ** 31))).toBe('range')
    expect(problemOf(aGuard({ geometry: null }), have(2 ** 21 - 1))).toBe(null)
  })

  test('requests of nothing and of more than 128 KiB are refused', () => {
    const large = { pieceCount: 1, pieceLength: MIB, lastPieceLength: MIB }

    expect(problemOf(aGuard(), request(0, 0, 0))).toBe('length')
    expect(problemOf(aGuard({ geometry: large }), request(0, 0, 128 * KIB + 1))).toBe('length')
    expect(problemOf(aGuard({ geometry: large }), request(0, 0, 128 * KIB))).toBe(null)
  })

  test('the last byte of the torrent may be asked for', () => {
    expect(passed(aGuard(), request(9, 0, 1000))).toEqual([request(9, 0, 1000)])
  })
})

describe('requests and blocks', () => {
  test('a block that we asked for passes, once', () => {
    const guard = aGuard()
    weAsk(guard, request(2, 16384), request(2, 32768, 7232))

    expect(passed(guard, block(2, 32768, 7232), block(2, 16384), block(2, 16384))).toEqual([
      block(2, 32768, 7232),
      block(2, 16384),
    ])
  })

  test('our requests are seen however what we send is cut', () => {
    const guard = aGuard()
    const sent = joined(
      handshake(),
      frame(1),
      block(3, 0, 500),
      request(2, 0),
      have(1),
      request(3, 0),
    )
    for (const byte of sent) guard.noteOutbound(Uint8Array.of(byte))

    expect(passed(guard, block(3, 0), block(2, 0))).toHaveLength(2)
  })

  test('a block that comes although it was cancelled passes', () => {
    const guard = aGuard()
    weAsk(guard, request(2, 0), cancel(2, 0))

    expect(passed(guard, block(2, 0))).toEqual([block(2, 0)])
  })

  test('blocks nobody asked for are left out, and too many close the link', () => {
    const guard = aGuard()

    for (let nth = 0; nth < 32; nth++) expect(passed(guard, block(1, 0))).toEqual([])

    expect(problemOf(guard, block(1, 0))).toBe('unsolicited')
  })

  test('requests beyond what can be queued are left out, and a flood of them closes the link', () => {
    const guard = aGuard()
    weUnchoke(guard)
    let through = 0
    let sent = 0
    let problem: string | null = null
    while (problem === null && sent < 1_000_000) {
      sent += 1
      const result = guard.push(request(sent % 9, 0))
      if (result.ok) through += result.value.length
      else problem = result.error.what
    }

    expect(problem).toBe('flood')
    expect(through).toBe(1024)
    expect(sent).toBeLessThan(4000)
  })

  test('an honest leech may ask for ever, because its requests are answered', () => {
    const guard = aGuard()
    weUnchoke(guard)

    const answer = block(1, 0, 100)
    for (let nth = 0; nth < 5000; nth++) {
      guard.push(request(1, 0, 100))
      guard.noteOutbound(answer)
    }

    expect(passed(guard, request(1, 0, 100))).toHaveLength(1)
  })

  test('a request that was taken back makes room for another, but a storm of them is a flood', () => {
    const guard = aGuard()
    weUnchoke(guard)
    let pairs = 0
    while (pairs < 10_000 && problemOf(guard, request(2, 0), cancel(2, 0)) === null) pairs += 1

    expect(pairs).toBe(2000)
  })

  test('whom we choke may not ask for ever', () => {
    const guard = aGuard()
    weUnchoke(guard)
    guard.noteOutbound(frame(0))
    let sent = 0
    while (sent < 10_000 && problemOf(guard, request(1, 0)) === null) sent += 1

    expect(sent).toBe(2000)
  })
})

describe('floods (T11)', () => {
  const floods: ReadonlyArray<readonly [string, Uint8Array, number]> = [
    ['keep-alive', keepAlive(), 2000],
    ['choke', frame(0), 2000],
    ['unchoke', frame(1), 2000],
    ['interested', frame(2), 2000],
    ['have', have(1), 8000],
    ['bitfield', bitfield(0xff, 0xc0), 4],
    ['have-all', frame(14), 4],
    ['suggest', frame(13, [1]), 2000],
    ['allowed-fast', frame(17, [1]), 2000],
    ['reject', reject(1, 0), 2000],
    ['cancel', cancel(1, 0), 2000],
    ['port', frame(9, [], Uint8Array.of(1, 1)), 2000],
    ['unknown', frame(200), 2000],
    ['lt_donthave', extended(2, uint32(1)), 2000],
    ['unknown extended', extended(99, uint32(1)), 2000],
    ['extended handshake', extendedHandshake({ m: {} }), 4],
  ]
  for (const [name, message, most] of floods) {
    test(`${most} messages of kind ${name} at once are enough`, () => {
      const guard = aGuard()
      const burst = joined(...new Array<Uint8Array>(most).fill(message))

      expect(problemOf(guard, burst)).toBe(null)
      expect(problemOf(guard, message)).toBe('flood')
    })
  }

  test('a torrent of very many pieces may be completed as fast as it likes', () => {
    const guard = aGuard({ geometry: { pieceCount: 100_000, pieceLength: 1, lastPieceLength: 1 } })

    guard.push(joined(...Array.from({ length: 100_000 }, (_, piece) => have(piece))))

    expect(problemOf(guard, keepAlive())).toBe(null)
    expect(problemOf(guard, have(0))).toBe('flood')
  })

  test('200 messages a second may go on for ever', () => {
    let time = 0
    const guard = makeWireGuard({
      infoHash: INFO_HASH,
      extension: () => undefined,
      now: () => time,
    })
    guard.push(handshake())

    for (let nth = 0; nth < 20_000; nth++) {
      time += 5
      guard.push(keepAlive())
    }

    expect(problemOf(guard, keepAlive())).toBe(null)
  })
})

test('messages for extensions we did not name are left out, those of ours pass', () => {
  const guard = aGuard()

  expect(passed(guard, extendedText(99, 'x'), extendedText(3, 'any bytes'))).toEqual([
    extendedText(3, 'any bytes'),
  ])
})
