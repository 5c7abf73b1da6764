import type { Logger, MultiaddrConnection } from '@libp2p/interface'
import { AbstractMultiaddrConnection, type SendResult } from '@libp2p/utils'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { RawData, WebSocket } from 'ws'

/** Bytes handed to a socket and not sent yet, past which the writer has to wait. */
const UNSENT_BYTES = 512 * 1024

/** RFC 6455 §7.4.1: what `ws` reports when a connection ended without a close frame. */
const ABNORMAL_CLOSURE = 1006

export interface WebSocketConnectionInit {
  readonly socket: WebSocket
  readonly remoteAddr: Multiaddr
  readonly direction: 'inbound' | 'outbound'
  readonly log: Logger
}

/**
 * An open `ws` socket as libp2p wants its raw connections.
 *
 * Three things are unlike `@libp2p/websockets` 10.1, and each of them is why this exists: a frame
 * that does not parse ends this connection and not the process (`ws` emits 'error', and nobody
 * listens there); an abort destroys the socket, where `close(1006)` throws and leaves it open; and
 * pausing stops reading from the socket, so a slow reader costs the sender's memory.
 */
export function makeWebSocketConnection(init: WebSocketConnectionInit): MultiaddrConnection {
  return new WebSocketConnection(init)
}

class WebSocketConnection extends AbstractMultiaddrConnection {
  readonly #socket: WebSocket
  #isFull = false

  constructor({ socket, remoteAddr, direction, log }: WebSocketConnectionInit) {
    super({ remoteAddr, direction, log })
    this.#socket = socket

    socket.on('message', (data) => this.onData(bytesOf(data)))
    socket.on('error', (error) => {
      log('socket failed - %e', error)
      socket.terminate()
    })
    socket.once('close', (code) => {
      if (code === ABNORMAL_CLOSURE) this.onRemoteReset()
      else this.onTransportClosed()
    })
  }

  sendData(data: Parameters<AbstractMultiaddrConnection['sendData']>[0]): SendResult {
    // One frame and one write for what the muxer sent together.
    this.#socket.send(data.subarray(), () => this.#sent())
    this.#isFull = this.#socket.bufferedAmount >= UNSENT_BYTES
    return { sentBytes: data.byteLength, canSendMore: !this.#isFull }
  }

  sendReset(): void {
    this.#socket.terminate()
  }

  async sendClose(): Promise<void> {
    this.#socket.close()
  }

  sendPause(): void {
    this.#socket.pause()
  }

  sendResume(): void {
    this.#socket.resume()
  }

  #sent(): void {
    if (!this.#isFull || this.#socket.bufferedAmount > UNSENT_BYTES / 2) return
    this.#isFull = false
    this.safeDispatchEvent('drain')
  }
}

/** A plain view: `slice` of Node's `Buffer` shares memory where libraries expect a copy. */
function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return new Uint8Array(Buffer.concat(data))
  if (data instanceof ArrayBuffer) return new Uint8Array(data)
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}
