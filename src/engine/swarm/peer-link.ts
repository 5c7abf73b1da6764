import { Duplex } from 'streamx'
import type { RtcMessage } from '../contracts/rtc.ts'
import type { PeerLink, WireGeometry } from '../contracts/torrent-client.ts'
import type { InfoHash, PeerId } from '../model/ids.ts'
import type { PeerSource } from '../model/swarm-policy.ts'
import { KIB, type Bytes } from '../model/units.ts'
import { cutMessages, MESSAGE_LENGTH } from './cut-messages.ts'
import type { RateGate } from './rate-limit.ts'
import type { WireChannel } from './wire-channel.ts'
import { makeWireGuard, type WireGuard } from './wire-guard.ts'

/**
 * How much waits in the browser's buffer before we wait too, and when we go on. One megabyte
 * covers 20 MB/s over a round trip of 50 ms; far below the 16 MiB at which Chromium throws.
 */
const HIGH_WATER: Bytes = 1024 * KIB
const LOW_WATER: Bytes = 256 * KIB

/** What streamx collects for one `_writev`, so that headers and blocks travel together. */
const BATCH: Bytes = 256 * KIB

export interface PeerLinkSpec {
  readonly id: string
  readonly infoHash: InfoHash
  readonly source: PeerSource
  readonly path: 'direct' | 'relayed'
  /** Proved by whoever arranged the channel; null for strangers. */
  readonly identity: PeerId | null
  /** Already open. The link owns it from now on. */
  readonly channel: WireChannel
  readonly down: RateGate
  readonly up: RateGate
  /** Called once, when the link is gone, with the reason if the peer was banned. */
  readonly onClosed: (bannedFor: string | null) => void
}

/** The road of one peer over one channel. */
export function makePeerLink(spec: PeerLinkSpec): PeerLink {
  return new ChannelLink(spec)
}

class ChannelLink extends Duplex implements PeerLink {
  readonly id: string
  readonly connected = true
  readonly source: PeerSource
  readonly path: 'direct' | 'relayed'
  readonly identity: PeerId | null

  readonly #channel: WireChannel
  readonly #guard: WireGuard
  readonly #down: RateGate
  readonly #up: RateGate
  readonly #onClosed: (bannedFor: string | null) => void
  readonly #aborted = new AbortController()
  /** Inbound chunks wait here while the rate limit holds them; null while nothing waits. */
  #held: Promise<void> | null = null
  #bannedFor: string | null = null
  #extensions: Readonly<Record<number, string>> = {}

  constructor(spec: PeerLinkSpec) {
    const { id, infoHash, source, path, identity, channel, down, up, onClosed } = spec
    super({ highWaterMark: BATCH })
    this.id = id
    this.source = source
    this.path = path
    this.identity = identity
    this.#channel = channel
    this.#down = down
    this.#up = up
    this.#onClosed = onClosed
    this.#guard = makeWireGuard({ infoHash, extension: (number) => this.#extensions[number] })

    channel.bufferedAmountLowThreshold = LOW_WATER
    channel.onmessage = (message) => this.#receive(message)
    channel.addEventListener('close', () => this.destroy(), { once: true })
    channel.addEventListener('error', () => this.destroy(), { once: true })
  }

  get relayedBytesLeft(): Bytes | null {
    return this.#channel.bytesLeft ?? null
  }

  know(geometry: WireGeometry): void {
    this.#guard.know(geometry)
  }

  nameExtensions(names: Readonly<Record<number, string>>): void {
    this.#extensions = names
  }

  ban(reason: string): void {
    this.#bannedFor ??= reason
    this.destroy()
  }

  #receive({ data }: RtcMessage): void {
    if (this.destroying) return
    if (typeof data === 'string') return this.ban('text on a wire')
    const framed = this.#guard.push(new Uint8Array(data))
    if (!framed.ok) return this.ban(`${framed.error.what}: ${framed.error.detail}`)

    const wait = this.#held ?? this.#down.request(data.byteLength, this.#aborted.signal)
    const handOn = () => {
      for (const chunk of framed.value) this.push(chunk)
      this.#channel.taken?.(data.byteLength)
    }
    if (wait === undefined) return handOn()
    // In order: what arrives later waits behind what waits now, and pays for itself then.
    const paid = this.#held === null
    const held = wait
      .then(() => (paid ? undefined : this.#down.request(data.byteLength, this.#aborted.signal)))
      .then(() => {
        handOn()
        if (this.#held === held) this.#held = null
      })
      .catch(() => undefined) // only an abort: the link is gone
    this.#held = held
  }

  override _writev(chunks: readonly Uint8Array[], done: (error?: Error | null) => void): void {
    this.#send(chunks).then(
      () => done(null),
      (thrown: unknown) => done(thrown instanceof Error ? thrown : new Error(String(thrown))),
    )
  }

  async #send(chunks: readonly Uint8Array[]): Promise<void> {
    for (const chunk of chunks) this.#guard.noteOutbound(chunk)
    for (const { parts, length } of cutMessages(chunks)) {
      const wait = this.#up.request(length, this.#aborted.signal)
      if (wait !== undefined) await wait
      if (this.#channel.bufferedAmount > HIGH_WATER) await this.#drained()
      this.#channel.send(joined(parts, length))
    }
  }

  #drained(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const signal = this.#aborted.signal
    const gone = () => reject(new Error('the link is closed'))
    signal.addEventListener('abort', gone, { once: true })
    this.#channel.addEventListener(
      'bufferedamountlow',
      () => {
        signal.removeEventListener('abort', gone)
        resolve()
      },
      { once: true, signal },
    )
    return promise
  }

  override _predestroy(): void {
    this.#aborted.abort(new Error('the link is closed'))
  }

  override _destroy(done: (error?: Error | null) => void): void {
    this.#channel.onmessage = null
    this.#channel.close()
    this.#onClosed(this.#bannedFor)
    done(null)
  }
}

/** Every message is put together here: a channel copies what it is to send. */
const scratch = new Uint8Array(MESSAGE_LENGTH)

/** To be sent at once: the next message takes the same place. A lone part is not copied. */
function joined(parts: readonly Uint8Array[], length: Bytes): Uint8Array<ArrayBuffer> {
  const [only] = parts
  // Wire bytes are never in shared memory, which is all that the narrower type adds.
  if (parts.length === 1 && only !== undefined) return only as Uint8Array<ArrayBuffer>
  let at = 0
  for (const part of parts) {
    scratch.set(part, at)
    at += part.length
  }
  return scratch.subarray(0, length)
}
