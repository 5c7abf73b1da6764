import type { OverlayStream } from '../../src/engine/contracts/overlay.ts'
import type { PeerId } from '../../src/engine/model/ids.ts'

// Peer ids in the form of real ones, of keys that nobody has.
export const ALICE = '12D3KooWGRUVhMFMuMPfsMZqmrVSvnUVfRTzWRxQTQnEqZ7oU8nG' as PeerId
export const BOB = '12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo' as PeerId

/** As many others, each another; up to 58. */
export function strangers(count: number): readonly PeerId[] {
  const letters = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
  return [...letters.slice(0, count)].map((letter) => `${BOB.slice(0, -1)}${letter}` as PeerId)
}

/** One end of a stream in memory, and what a test may know of it. */
export interface TestStream extends OverlayStream {
  /** Everything that was sent from this end. */
  readonly sent: readonly Uint8Array[]
  /** Why it was aborted from this end; null while it was not. */
  readonly abortedFor: string | null
}

/**
 * Both ends of one stream, as the adapter gives them: what is sent arrives in a later task and in
 * order, what comes before somebody listens waits, and both ends are told of the end.
 */
export function streamPair({
  limit = null,
  at = BOB,
  from = ALICE,
}: {
  readonly limit?: number | null
  /** Who is at the other side of the first end. */
  readonly at?: PeerId
  /** Who has the first end. */
  readonly from?: PeerId
} = {}): readonly [TestStream, TestStream] {
  const one = end(at, limit)
  const other = end(from, limit)
  one.connect(other)
  other.connect(one)
  return [one.stream, other.stream]
}

function end(peerId: PeerId, limit: number | null) {
  const { promise: closed, resolve } = Promise.withResolvers<void>()
  const sent: Uint8Array[] = []
  const arrived: Uint8Array[] = []
  let partner: { take(bytes: Uint8Array): void; over(): void } | null = null
  let onbytes: OverlayStream['onbytes'] = null
  let over = false
  let abortedFor: string | null = null

  const finish = () => {
    if (over) return
    over = true
    resolve()
  }
  const self = {
    take(bytes: Uint8Array) {
      if (over) return
      if (onbytes === null) arrived.push(bytes)
      else onbytes(bytes)
    },
    over: finish,
  }
  const stream: TestStream = {
    peerId,
    path: 'relayed',
    limit,
    closed,
    sent,
    get abortedFor() {
      return abortedFor
    },
    async send(bytes) {
      if (over) throw new Error('the stream is closed')
      const copy = bytes.slice()
      sent.push(copy)
      setTimeout(() => partner?.take(copy))
    },
    get onbytes() {
      return onbytes
    },
    set onbytes(take) {
      onbytes = take
      if (take !== null) for (const bytes of arrived.splice(0)) take(bytes)
    },
    close() {
      if (over) return
      finish()
      setTimeout(() => partner?.over())
    },
    abort(reason) {
      if (over) return
      abortedFor = reason
      finish()
      setTimeout(() => partner?.over())
    },
  }
  return { stream, ...self, connect: (other: typeof self) => (partner = other) }
}
