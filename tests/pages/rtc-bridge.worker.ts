import type { RtcChannel, RtcConnection } from '../../src/engine/contracts/rtc.ts'
import type { SessionDescription } from '../../src/engine/model/rtc-state.ts'
import { installRtcShim, type RtcShim } from '../../src/workers/worker/rtc-shim.ts'

const MOST_BUFFERED = 1024 * 1024

/** What the tests ask of this worker: one connection with one channel, unless said otherwise. */
const peer = {
  /** Makes the connection and its channel; the offer has all candidates. */
  async offer(): Promise<SessionDescription> {
    connection = shim.make({})
    watchConnection(connection)
    hold(connection.createDataChannel('bytes', { protocol: 'test/1' }))
    await connection.setLocalDescription(await connection.createOffer())
    return gathered(connection)
  },

  /** Answers with a connection that takes the first channel, and listens to it if told so. */
  async answer(offer: SessionDescription, use: 'echo' | 'collect' | 'ignore') {
    connection = shim.make({})
    watchConnection(connection)
    connection.ondatachannel = (event) => {
      hold(event.channel)
      if (use === 'echo') echo(event.channel)
      if (use === 'collect') collect(event.channel)
    }
    await connection.setRemoteDescription(offer)
    await connection.setLocalDescription(await connection.createAnswer())
    return gathered(connection)
  },

  accept: (answer: SessionDescription) => connection.setRemoteDescription(answer),

  async opened() {
    const open = await channel
    await told(open, 'open')
    const { label, protocol, id, ordered, readyState, maxMessageSize, binaryType } = open
    return { label, protocol, id, ordered, readyState, maxMessageSize, binaryType }
  },

  /** Sends that many bytes in pieces, minding the buffer, and answers the digests of both ways. */
  async echoes(total: number, pieceLength: number) {
    const open = await channel
    const sent = new Uint8Array(total)
    for (let at = 0; at < total; at += 65_536) {
      crypto.getRandomValues(sent.subarray(at, Math.min(total, at + 65_536)))
    }
    const received = new Uint8Array(total)
    let fill = 0
    const complete = new Promise<void>((resolve) => {
      open.onmessage = ({ data }) => {
        if (typeof data === 'string') throw new Error('text came')
        received.set(new Uint8Array(data), fill)
        fill += data.byteLength
        if (fill === total) resolve()
      }
    })

    let highest = 0
    open.bufferedAmountLowThreshold = MOST_BUFFERED / 4
    for (let at = 0; at < total; at += pieceLength) {
      open.send(sent.subarray(at, Math.min(total, at + pieceLength)))
      highest = Math.max(highest, open.bufferedAmount)
      if (open.bufferedAmount > MOST_BUFFERED) await told(open, 'bufferedamountlow')
    }
    await complete
    return { sent: await digest(sent), received: await digest(received), highest }
  },

  async send(...texts: string[]) {
    const open = await channel
    for (const text of texts) open.send(new TextEncoder().encode(text))
  },

  /** The name of what `send` throws for a message of that length. */
  async sendFails(length: number) {
    try {
      ;(await channel).send(new Uint8Array(length))
      return null
    } catch (thrown) {
      return thrown instanceof Error ? thrown.name : String(thrown)
    }
  },

  /** From now on messages are collected; the answer comes with the last of that many. */
  async listen(count: number) {
    collect(await channel)
    while (collected.length < count) await new Promise<void>((resolve) => (onCollected = resolve))
    return collected
  },

  /** Waits until the browser has received that many messages, whoever listens. */
  async received(count: number) {
    for (;;) {
      for (const stats of (await connection.getStats()).values()) {
        if (stats.type === 'data-channel' && stats['messagesReceived'] === count) return
      }
    }
  },

  async closeChannel() {
    ;(await channel).close()
  },

  closeConnection: () => connection.close(),

  /** Waits for the channel's end, listening only now. */
  async channelClosed() {
    const closed = await channel
    await told(closed, 'close')
    return { readyState: closed.readyState, events: channelEvents, failure: connection.failure }
  },

  async connectionClosed() {
    await told(connection, 'close')
    const { connectionState, failure } = connection
    return { connectionState, failure, events: connectionEvents }
  },

  budget: () => ({
    live: shim.budget.live,
    pending: shim.budget.pending,
    room: shim.budget.room(),
  }),

  setMaxConnections: (maxLive: number) => shim.setMaxConnections(maxLive),

  /** Makes one connection too many and tells how that looks. */
  async overdraw() {
    const made: RtcConnection[] = []
    while (shim.budget.room() > 0) made.push(shim.make({}))
    const refused = shim.make({})
    const atBirth = refused.connectionState
    const offer = await refused.createOffer().then(
      () => 'made',
      (reason: Error) => reason.name,
    )
    await told(refused, 'close')
    const outcome = { made: made.length, atBirth, offer, failure: refused.failure }
    for (const connection of made) connection.close()
    return { ...outcome, liveAfter: shim.budget.live }
  },

  /** Connects to itself that many times, one after the other, and closes what it made. */
  async cycles(count: number) {
    for (let cycle = 0; cycle < count; cycle++) {
      const [caller, callee] = [shim.make({}), shim.make({})]
      const arrived = new Promise<RtcChannel>((resolve) => {
        callee.ondatachannel = (event) => resolve(event.channel)
      })
      caller.onicecandidate = ({ candidate }) => void callee.addIceCandidate(candidate)
      callee.onicecandidate = ({ candidate }) => void caller.addIceCandidate(candidate)
      const called = caller.createDataChannel('cycle')
      await caller.setLocalDescription()
      await callee.setRemoteDescription(caller.localDescription!)
      await callee.setLocalDescription()
      await caller.setRemoteDescription(callee.localDescription!)
      await told(called, 'open')
      await told(await arrived, 'open')
      // The caller closes for both every other time, to try either order.
      const [first, second] = cycle % 2 === 0 ? [caller, callee] : [callee, caller]
      caller.onicecandidate = callee.onicecandidate = null
      first.close()
      second.close()
    }
    return shim.budget.live
  },
}

export type Peer = typeof peer

export interface PeerCall {
  readonly call: number
  readonly name: keyof Peer
  readonly args: readonly unknown[]
}

export type PeerAnswer =
  | { readonly call: number; readonly ok: true; readonly value: unknown }
  | { readonly call: number; readonly ok: false; readonly reason: Error }

let shim: RtcShim
let connection: RtcConnection
let hold: (channel: RtcChannel) => void
const channel = new Promise<RtcChannel>((resolve) => {
  hold = (held) => {
    for (const type of ['open', 'close'] as const) {
      held.addEventListener(type, () => channelEvents.push(type))
    }
    resolve(held)
  }
})
const channelEvents: string[] = []
const connectionEvents: string[] = []
const collected: string[] = []
let onCollected = () => {}

function watchConnection(watched: RtcConnection): void {
  watched.addEventListener('connectionstatechange', () =>
    connectionEvents.push(watched.connectionState),
  )
  watched.addEventListener('close', () => connectionEvents.push('close'))
}

/** Sends everything back, never with more than `MOST_BUFFERED` in the channel. */
function echo(open: RtcChannel): void {
  const waiting: ArrayBuffer[] = []
  const sendOn = () => {
    while (waiting.length > 0 && open.bufferedAmount < MOST_BUFFERED) open.send(waiting.shift()!)
  }
  open.bufferedAmountLowThreshold = MOST_BUFFERED / 4
  open.addEventListener('bufferedamountlow', sendOn)
  open.onmessage = ({ data }) => {
    if (typeof data !== 'string') waiting.push(data)
    sendOn()
  }
}

function collect(open: RtcChannel): void {
  open.onmessage = ({ data }) => {
    collected.push(typeof data === 'string' ? data : new TextDecoder().decode(data))
    onCollected()
  }
}

function gathered(made: RtcConnection): Promise<SessionDescription> {
  return new Promise((resolve) => {
    const check = () => {
      if (made.iceGatheringState === 'complete') resolve(made.localDescription!)
    }
    made.addEventListener('icegatheringstatechange', check)
    check()
  })
}

function told(
  target: Pick<EventTarget, 'addEventListener'>,
  type: 'open' | 'close' | 'bufferedamountlow',
): Promise<void> {
  return new Promise((resolve) => target.addEventListener(type, () => resolve(), { once: true }))
}

async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))).join()
}

async function act({ call, name, args }: PeerCall): Promise<PeerAnswer> {
  try {
    // The names and arguments come from `RtcPeer.ask`, which is typed by the same table.
    const does = peer[name].bind(peer) as (...args: readonly unknown[]) => unknown
    return { call, ok: true, value: await does(...args) }
  } catch (thrown) {
    return { call, ok: false, reason: thrown instanceof Error ? thrown : new Error(String(thrown)) }
  }
}

addEventListener('message', ({ data }: MessageEvent<PeerCall | { readonly port: MessagePort }>) => {
  if ('port' in data) shim = installRtcShim(data.port)
  else void act(data).then((answer) => postMessage(answer))
})
