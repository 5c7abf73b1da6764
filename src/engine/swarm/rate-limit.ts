import { KIB, SECOND, type Bytes, type BytesPerSecond, type Millis } from '../model/units.ts'

/**
 * What may pass at once after a silence. It has to bridge the gaps between our turns (a hash, a
 * garbage collection, timers that browsers round up to 4 ms), or the limit is not reached; and
 * it is all that the average over one second may lie above the limit.
 */
const BURST: Millis = SECOND / 4

/**
 * Those who wait for the same bucket take turns of this length, so that who asks for much at
 * once gets no more than who asks for little. A block and its header (BEP 3).
 */
const TURN: Bytes = 16 * KIB + 13

/** Longest sleep. Timers overflow at 2^31 ms, which one byte a second could reach. */
const LONGEST_SLEEP: Millis = 60 * SECOND

/** A limit in bytes per second that any number of gates may share. */
export interface RateBucket {
  /** Null is no limit, 0 lets nothing pass. Takes effect at once, also for those who wait. */
  setRate(rate: BytesPerSecond | null): void
  /** Whether a request would pass now. */
  isOpen(): boolean
  /** Counts bytes that pass, whether it is open or not. */
  spend(bytes: Bytes): void
  /** Resolves once as many bytes may pass; in turns with others. Rejects with `signal.reason`. */
  wait(bytes: Bytes, signal?: AbortSignal): Promise<void>
}

/** What one road of bytes has to pass. */
export interface RateGate {
  /**
   * Undefined when the bytes may pass now, which costs next to nothing without limits; else a
   * promise of when they may. Rejects with `signal.reason`.
   */
  request(bytes: Bytes, signal?: AbortSignal): Promise<void> | undefined
}

/**
 * All these limits, one after the other: a peer's own, its torrent's, that of everything.
 * Pass the narrowest first, so that who waits for that one keeps nobody else waiting.
 */
export function makeRateGate(buckets: readonly RateBucket[]): RateGate {
  async function waitInTurn(bytes: Bytes, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted()
    for (const bucket of buckets) {
      if (bucket.isOpen()) bucket.spend(bytes)
      else await bucket.wait(bytes, signal)
    }
  }

  return {
    request(bytes, signal) {
      for (const bucket of buckets) {
        if (!bucket.isOpen()) return waitInTurn(bytes, signal)
      }
      for (const bucket of buckets) bucket.spend(bytes)
      return undefined
    },
  }
}

/** A gate without limits. */
export const OPEN_GATE: RateGate = makeRateGate([])

interface Waiter {
  left: Bytes
  resolve(): void
}

/**
 * A token bucket that lends: what is asked for passes whole as soon as nothing is owed, and the
 * next one waits until it is paid. So a message may be longer than the burst, and the long-run
 * rate is exact whatever the lengths.
 */
export function makeRateBucket(initialRate: BytesPerSecond | null = null): RateBucket {
  const waiting: Waiter[] = []
  let rate = initialRate
  /** Bytes that may pass; what is owed when negative. As of `countedAt`. */
  let balance: Bytes = 0
  let countedAt: Millis = performance.now()
  let timer: ReturnType<typeof setTimeout> | undefined

  function count(): void {
    const now = performance.now()
    if (rate !== null) {
      const earned = ((now - countedAt) * rate) / SECOND
      balance = Math.min(balance + earned, (rate * BURST) / SECOND)
    }
    countedAt = now
  }

  function mayPass(): boolean {
    return rate === null || (rate > 0 && balance >= 0)
  }

  function spend(bytes: Bytes): void {
    if (rate !== null) balance -= bytes
  }

  function serve(): void {
    clearTimeout(timer)
    timer = undefined
    count()
    while (waiting.length > 0 && mayPass()) {
      const waiter = waiting.shift()!
      const turn = rate === null ? waiter.left : Math.min(waiter.left, TURN)
      spend(turn)
      waiter.left -= turn
      if (waiter.left > 0) waiting.push(waiter)
      else waiter.resolve()
    }
    if (waiting.length === 0 || rate === null || rate === 0) return
    const untilPaid = Math.ceil((-balance * SECOND) / rate)
    timer = setTimeout(serve, Math.min(Math.max(untilPaid, 1), LONGEST_SLEEP))
  }

  return {
    setRate(next) {
      count()
      // What was owed or saved under another kind of limit says nothing about this one.
      if (rate === null || rate === 0) balance = 0
      rate = next
      serve()
    },

    isOpen() {
      if (rate === null) return true
      if (waiting.length > 0) return false
      count()
      return mayPass()
    },

    spend,

    wait(bytes, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const waiter: Waiter = {
        left: bytes,
        resolve() {
          signal?.removeEventListener('abort', giveUp)
          resolve()
        },
      }
      const giveUp = () => {
        waiting.splice(waiting.indexOf(waiter), 1)
        serve()
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', giveUp, { once: true })
      waiting.push(waiter)
      if (timer === undefined) serve()
      return promise
    },
  }
}
