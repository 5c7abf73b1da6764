import { SECOND, type Millis } from '../model/units.ts'

/** First wait after a lost connection; doubles, with full jitter, up to the longest. */
const FIRST_RETRY: Millis = SECOND
const LONGEST_RETRY: Millis = 60 * SECOND
/** A socket that does not open within this is given up: browsers wait for minutes. */
const OPEN_DEADLINE: Millis = 15 * SECOND

export interface TrackerSocketEvents {
  opened(): void
  message(frame: unknown): void
  /** Lost or never opened. A new try follows by itself, at this time. */
  lost(retryIn: Millis): void
}

export interface TrackerSocket {
  readonly open: boolean
  /** Silently nothing while not open: whoever has something to say says it on `opened`. */
  send(frame: string): void
  /** Tries now instead of at the end of the wait. */
  retryNow(): void
  /** Gives up the connection there is, dead or not, and makes another at once. */
  renew(): void
  close(): void
}

export type OpenWebSocket = (url: string) => WebSocket

/** One WebSocket to one tracker that comes back by itself. */
export function makeTrackerSocket(
  url: string,
  events: TrackerSocketEvents,
  openWebSocket: OpenWebSocket = (address) => new WebSocket(address),
  random: () => number = Math.random,
): TrackerSocket {
  let socket: WebSocket | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let tries = 0
  let closed = false

  const connect = () => {
    clearTimeout(timer)
    tries += 1
    let opening: WebSocket
    try {
      opening = openWebSocket(url)
    } catch {
      return lost() // the URL is not one a browser would open, e.g. ws: from an https page
    }
    socket = opening
    timer = setTimeout(() => abandon(opening), OPEN_DEADLINE)
    opening.onopen = () => {
      clearTimeout(timer)
      tries = 0
      events.opened()
    }
    opening.onmessage = ({ data }) => events.message(data)
    opening.onclose = () => abandon(opening)
  }

  const abandon = (which: WebSocket) => {
    if (socket !== which) return
    clearTimeout(timer)
    which.onopen = which.onmessage = which.onclose = null
    which.close()
    lost()
  }

  const lost = () => {
    socket = null
    if (closed) return
    const ceiling = Math.min(LONGEST_RETRY, FIRST_RETRY * 2 ** Math.min(tries, 10))
    const retryIn = FIRST_RETRY / 4 + random() * ceiling
    timer = setTimeout(connect, retryIn)
    events.lost(retryIn)
  }

  // In a task of its own, so that whoever makes a socket holds it before the first event.
  timer = setTimeout(connect, 0)

  return {
    get open() {
      return socket?.readyState === WebSocket.OPEN
    },
    send(frame) {
      if (socket?.readyState === WebSocket.OPEN) socket.send(frame)
    },
    retryNow() {
      if (closed || socket !== null) return
      tries = 0
      connect()
    },
    renew() {
      if (closed) return
      const last = socket
      socket = null
      if (last !== null) {
        last.onopen = last.onmessage = last.onclose = null
        last.close()
        events.lost(0)
      }
      tries = 0
      connect()
    },
    close() {
      closed = true
      clearTimeout(timer)
      const open = socket
      socket = null
      if (open === null) return
      open.onopen = open.onmessage = open.onclose = null
      open.close()
    },
  }
}
