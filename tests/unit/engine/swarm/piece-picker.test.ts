import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  makePiecePicker,
  type PiecePicker,
  type PiecePickerSpec,
} from '../../../../src/engine/swarm/piece-picker.ts'

const bitsOf = (pieceCount: number, has: (piece: number) => boolean) => {
  const bits = new Uint8Array(Math.ceil(pieceCount / 8))
  for (let piece = 0; piece < pieceCount; piece++) {
    if (has(piece)) bits[piece >> 3]! |= 0x80 >> (piece & 7)
  }
  return bits
}
const everything = (pieceCount: number) => bitsOf(pieceCount, () => true)

/** Everything wanted, nothing had, room for all. */
function aPicker(spec: Partial<PiecePickerSpec> & { pieceCount: number }): PiecePicker {
  const picker = makePiecePicker({ pieceLength: 1, windowBytes: Infinity, ...spec })
  picker.want(everything(spec.pieceCount))
  return picker
}
/** Finishes pieces one at a time, in a window of the smallest size. */
function finishAll(picker: PiecePicker): number[] {
  const order: number[] = []
  const waiting: number[] = []
  for (;;) {
    waiting.push(...picker.refill().select)
    const piece = waiting.shift()
    if (piece === undefined) return order
    order.push(piece)
    picker.done(piece)
  }
}

test('the rarest pieces come first, once there is something to trade', () => {
  const picker = aPicker({ pieceCount: 40, windowBytes: 4 })
  for (let piece = 0; piece < 4; piece++) picker.done(piece)
  for (const many of [1, 2, 3, 4]) {
    picker.peer().hasBitfield(bitsOf(40, (piece) => piece % 4 < many))
  }

  const order = finishAll(picker)

  const rarity = order.map((piece) => picker.availabilityOf(piece))
  expect(order).toHaveLength(36)
  expect(rarity).toEqual(rarity.toSorted((a, b) => a - b))
})

test('pieces that come first are picked first, the rarest of them before the others', () => {
  const picker = aPicker({ pieceCount: 40, windowBytes: 4 })
  const levels = Uint8Array.from({ length: 40 }, (_, piece) => piece % 3)
  picker.prioritise(levels)
  for (const many of [1, 2, 3, 4]) {
    picker.peer().hasBitfield(bitsOf(40, (piece) => piece % 4 < many))
  }

  const order = finishAll(picker).map((piece) => ({
    level: levels[piece]!,
    rarity: picker.availabilityOf(piece),
  }))

  expect(order).toHaveLength(40)
  expect(order.map(({ level }) => level)).toEqual(levels.toSorted().values().toArray())
  for (const level of [1, 2]) {
    const rarity = order.filter((one) => one.level === level).map(({ rarity }) => rarity)
    expect(rarity).toEqual(rarity.toSorted((a, b) => a - b))
  }
})

test('what nobody has keeps nobody from what comes after it', () => {
  const picker = aPicker({ pieceCount: 8, windowBytes: 4 })
  picker.prioritise(Uint8Array.of(0, 0, 1, 1, 1, 2, 2, 2))
  picker.peer().hasBitfield(bitsOf(8, (piece) => piece >= 5))

  expect(picker.refill().select.toSorted()).toEqual([5, 6, 7])
})

test('what comes first changes at any time, for what is not on order yet', () => {
  const picker = aPicker({ pieceCount: 12, windowBytes: 4 })
  picker.peer().hasAll()
  const first = picker.refill().select
  const rest = Array.from({ length: 12 }, (_, piece) => piece).filter((p) => !first.includes(p))
  const urgent = rest.slice(-4)

  picker.prioritise(Uint8Array.from({ length: 12 }, (_, p) => (urgent.includes(p) ? 0 : 1)))
  for (const piece of first) picker.done(piece)

  expect(picker.refill().select.toSorted((a, b) => a - b)).toEqual(urgent)
})

test('pieces as rare as each other are picked in no order', () => {
  const orders = [1, 2, 3].map(() => {
    const picker = aPicker({ pieceCount: 500 })
    picker.peer().hasAll()
    return picker.refill().select.join()
  })

  expect(new Set(orders).size).toBe(3)
})

test('the first four pieces are random ones, not the rarest', () => {
  let rareFirst = 0
  for (let run = 0; run < 50; run++) {
    const picker = aPicker({ pieceCount: 100, windowBytes: 4 })
    picker.peer().hasAll()
    picker.peer().hasBitfield(bitsOf(100, (piece) => piece >= 4))
    rareFirst += picker.refill().select.filter((piece) => piece < 4).length
  }

  // 8 on average; 200 if the rarest came first.
  expect(rareFirst).toBeLessThan(60)
})

test('sequential picks in order, whatever is rare, and comes back to what was not there', () => {
  const picker = aPicker({ pieceCount: 12, strategy: 'sequential', windowBytes: 4 })
  picker.peer().hasBitfield(bitsOf(12, (piece) => piece !== 1))

  expect(picker.refill().select).toEqual([0, 2, 3, 4])
  picker.peer().has(1)
  picker.done(2)
  picker.done(0)

  expect(picker.refill().select).toEqual([1, 5])
})

test('a piece that nobody has is not picked until somebody has it', () => {
  const picker = aPicker({ pieceCount: 3 })
  const peer = picker.peer()
  peer.has(2)

  expect(picker.refill().select).toEqual([2])
  expect(picker.refill().select).toEqual([])
  peer.has(0)
  expect(picker.refill().select).toEqual([0])
})

test('a window of long pieces still holds four', () => {
  const picker = aPicker({ pieceCount: 9, pieceLength: 1000, windowBytes: 1 })
  picker.peer().hasAll()

  expect(picker.refill().select).toHaveLength(4)
})

test('the last piece takes only as much of the window as it is long', () => {
  const picker = aPicker({
    pieceCount: 6,
    pieceLength: 10,
    lastPieceLength: 1,
    windowBytes: 51,
    strategy: 'sequential',
  })
  picker.peer().hasAll()

  expect(picker.refill().select).toEqual([0, 1, 2, 3, 4, 5])
})

test('a piece whose last holder left makes room for others, and is picked again when one comes', () => {
  const picker = aPicker({ pieceCount: 8, windowBytes: 4 })
  const holder = picker.peer()
  holder.hasBitfield(bitsOf(8, (piece) => piece < 4))
  picker.refill()
  picker.peer().hasBitfield(bitsOf(8, (piece) => piece >= 4))

  holder.gone()
  const change = picker.refill()

  expect(change.deselect.toSorted()).toEqual([0, 1, 2, 3])
  expect(change.select.toSorted()).toEqual([4, 5, 6, 7])
})

test('the same when the last holder was a seed, and not when another seed stays', () => {
  const picker = aPicker({ pieceCount: 4 })
  const [one, two] = [picker.peer(), picker.peer()]
  one.hasAll()
  two.hasAll()
  picker.refill()

  one.gone()
  expect(picker.refill()).toEqual({ select: [], deselect: [] })
  two.gone()
  expect(picker.refill().deselect).toHaveLength(4)
})

test('a failed piece that is picked again at once is neither selected nor deselected anew', () => {
  const picker = aPicker({ pieceCount: 4 })
  picker.peer().hasAll()
  picker.refill()

  picker.failed(2)

  expect(picker.refill()).toEqual({ select: [], deselect: [] })
  expect(picker.inWindow(2)).toBe(true)
})

test('pieces that are wanted no more leave the window, and new wishes are picked', () => {
  const picker = aPicker({ pieceCount: 8, windowBytes: 4, strategy: 'sequential' })
  picker.peer().hasAll()
  picker.refill()

  picker.want(bitsOf(8, (piece) => piece >= 2))

  expect(picker.missing).toBe(6)
  expect(picker.refill()).toEqual({ select: [4, 5], deselect: [0, 1] })
})

test('a done piece that is lost is picked again', () => {
  const picker = aPicker({ pieceCount: 2 })
  picker.peer().hasAll()
  picker.refill()
  picker.done(0)
  picker.done(1)

  picker.lost(1)

  expect(picker.missing).toBe(1)
  expect(picker.refill().select).toEqual([1])
})

const PIECES = 33
const anyPiece = fc.nat(PIECES - 1)
const anyStep = fc.oneof(
  fc.record({ do: fc.constant('want' as const), bits: fc.uint8Array({ maxLength: 5 }) }),
  fc.record({ do: fc.constantFrom('done', 'failed', 'lost'), piece: anyPiece }),
  fc.record({ do: fc.constant('has' as const), who: fc.nat(3), piece: anyPiece }),
  fc.record({ do: fc.constant('lacks' as const), who: fc.nat(3), piece: anyPiece }),
  fc.record({ do: fc.constant('bitfield' as const), who: fc.nat(3), bits: fc.uint8Array() }),
  fc.record({ do: fc.constantFrom('all', 'gone'), who: fc.nat(3) }),
)
const anyStrategy = fc.constantFrom('rarest', 'sequential')

test('whatever happens, the window holds only what is wanted, missing and there to be had', () => {
  fc.assert(
    fc.property(
      fc.array(anyStep),
      anyStrategy,
      fc.integer({ min: 1, max: 60 }),
      (steps, strategy, windowBytes) => {
        const picker = makePiecePicker({
          pieceCount: PIECES,
          pieceLength: 5,
          windowBytes,
          strategy,
        })
        const peers = [0, 1, 2, 3].map(() => picker.peer())
        const selected = new Set<number>()
        const done = new Set<number>()
        let wanted = new Set<number>()

        for (const step of steps) {
          switch (step.do) {
            case 'want':
              picker.want(step.bits)
              wanted = new Set(
                Array.from({ length: PIECES }, (_, piece) => piece).filter(
                  (piece) => ((step.bits[piece >> 3] ?? 0) & (0x80 >> (piece & 7))) !== 0,
                ),
              )
              break
            case 'done':
              picker.done(step.piece)
              done.add(step.piece)
              selected.delete(step.piece)
              break
            case 'failed':
              picker.failed(step.piece)
              break
            case 'lost':
              picker.lost(step.piece)
              done.delete(step.piece)
              break
            case 'has':
              peers[step.who]!.has(step.piece)
              break
            case 'lacks':
              peers[step.who]!.lacks(step.piece)
              break
            case 'bitfield':
              peers[step.who]!.hasBitfield(step.bits)
              break
            case 'all':
              peers[step.who]!.hasAll()
              break
            case 'gone':
              peers[step.who]!.gone()
              break
          }
          const { select, deselect } = picker.refill()
          for (const piece of deselect) expect(selected.delete(piece)).toBe(true)
          for (const piece of select) {
            expect(selected.has(piece)).toBe(false)
            selected.add(piece)
          }

          const open = [...wanted].filter((piece) => !done.has(piece))
          const available = open.filter((piece) => picker.availabilityOf(piece) > 0)
          expect(picker.missing).toBe(open.length)
          for (const piece of selected) {
            expect(available).toContain(piece)
            expect(picker.inWindow(piece)).toBe(true)
          }
          const room = Math.max(4, Math.floor(windowBytes / 5))
          expect(selected.size).toBe(Math.min(available.length, room))
        }
      },
    ),
  )
})

test('every wanted piece that somebody has is picked in the end, once', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 5, maxLength: 5 }), anyStrategy, (bits, strategy) => {
      const picker = makePiecePicker({
        pieceCount: PIECES,
        pieceLength: 1,
        windowBytes: 1,
        strategy,
      })
      picker.want(bits)
      picker.peer().hasBitfield(everything(PIECES))

      const order = finishAll(picker)

      const wanted = Array.from({ length: PIECES }, (_, piece) => piece).filter(
        (piece) => (bits[piece >> 3]! & (0x80 >> (piece & 7))) !== 0,
      )
      expect(order.toSorted((a, b) => a - b)).toEqual(wanted)
      expect(picker.missing).toBe(0)
    }),
  )
})

test('what is only here is what is done and what no peer has', () => {
  const picker = aPicker({ pieceCount: 4, pieceLength: 10, lastPieceLength: 3 })
  const partial = picker.peer()
  for (const piece of [0, 1, 3]) picker.done(piece)
  expect(picker.onlyHere).toBe(23)

  partial.has(0)
  partial.has(2)
  expect(picker.onlyHere).toBe(13)

  const seed = picker.peer()
  seed.hasAll()
  expect([picker.onlyHere, picker.seeds]).toEqual([0, 1])

  seed.gone()
  partial.gone()
  expect([picker.onlyHere, picker.seeds]).toEqual([23, 0])

  picker.lost(3)
  picker.lost(3)
  expect(picker.onlyHere).toBe(20)
})

test('what is only here is right after whatever peers tell and whatever is lost', () => {
  const pieceCount = 9
  const lengthOf = (piece: number) => (piece === pieceCount - 1 ? 3 : 10)
  const every = [...Array(pieceCount).keys()]
  const step = fc.record({
    say: fc.constantFrom('has', 'lacks', 'all', 'none', 'done', 'lost'),
    peer: fc.nat(2),
    piece: fc.nat(pieceCount - 1),
  })

  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const picker = aPicker({ pieceCount, pieceLength: 10, lastPieceLength: 3 })
      const peers = [picker.peer(), picker.peer(), picker.peer()]
      const held = peers.map(() => new Set<number>())
      const here = new Set<number>()
      for (const { say, peer, piece } of steps) {
        const [told, has] = [peers[peer]!, held[peer]!]
        if (say === 'has') told.has(piece)
        if (say === 'lacks') told.lacks(piece)
        if (say === 'all') told.hasAll()
        if (say === 'none') told.hasNone()
        if (say === 'done') picker.done(piece)
        if (say === 'lost') picker.lost(piece)
        if (say === 'has') has.add(piece)
        if (say === 'lacks') has.delete(piece)
        if (say === 'all') for (const one of every) has.add(one)
        if (say === 'none') has.clear()
        if (say === 'done') here.add(piece)
        if (say === 'lost') here.delete(piece)
      }

      const alone = [...here].filter((at) => !held.some((pieces) => pieces.has(at)))
      expect(picker.onlyHere).toBe(alone.reduce((sum, at) => sum + lengthOf(at), 0))
    }),
  )
})
