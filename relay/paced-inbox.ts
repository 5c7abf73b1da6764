/** Takes one connection's messages in order, no faster than agreed. */
export interface PacedInbox<M> {
  push(message: M): void
  /** True while the sender is being kept waiting. */
  readonly isHeld: boolean
  stop(): void
}

export interface PacedInboxDeps<M> {
  /** Handles one message. The next waits until a returned promise is settled. */
  readonly handle: (message: M) => void | Promise<void>
  /** `messages` at once, then as many in each `window` (ms). */
  readonly pace: { readonly messages: number; readonly window: number }
  /** Stops and continues reading from the sender, whose own buffers then fill. */
  readonly source: { pause(): void; resume(): void }
  readonly now: () => number
}

/**
 * A token bucket that makes the sender wait instead of losing what it said: an honest burst gets
 * through late, and a flood costs its sender's memory. What arrives after `pause` is bounded by
 * what the socket had already read.
 */
export function makePacedInbox<M>({ handle, pace, source, now }: PacedInboxDeps<M>): PacedInbox<M> {
  const waiting: M[] = []
  let tokens = pace.messages
  let refilled = now()
  let held = false
  let stopped = false
  let timer: ReturnType<typeof setTimeout> | undefined

  const refill = (): void => {
    const time = now()
    const earned = ((time - refilled) * pace.messages) / pace.window
    tokens = Math.min(pace.messages, tokens + earned)
    refilled = time
  }

  const hold = (): void => {
    if (!held) source.pause()
    held = true
  }

  const drain = (): void => {
    while (waiting.length > 0 && !stopped) {
      if (tokens < 1) refill()
      if (tokens < 1) {
        hold()
        timer = setTimeout(drain, Math.ceil(((1 - tokens) * pace.window) / pace.messages))
        return
      }
      tokens--
      // The loop condition says that there is one; `undefined` may be a message.
      const unfinished = handle(waiting.shift() as M)
      if (unfinished !== undefined) {
        hold()
        void unfinished.finally(drain)
        return
      }
    }
    if (held && !stopped) source.resume()
    held = false
  }

  return {
    push(message) {
      if (stopped) return
      waiting.push(message)
      if (!held) drain()
    },

    get isHeld() {
      return held
    },

    stop() {
      stopped = true
      waiting.length = 0
      clearTimeout(timer)
    },
  }
}
