import type { Connection, Stream, StreamMessageEvent } from '@libp2p/interface'
import type { OverlayStream } from '../contracts/overlay.ts'
import { isPeerId } from '../model/ids.ts'
import type { Bytes } from '../model/units.ts'

/** What may wait to be written before `send` waits too. libp2p's own default is without an end. */
const MAX_WRITE_BUFFER: Bytes = 1024 * 1024

/** Throws when the peer's id is of another key than Ed25519, which the gater refuses before. */
export function overlayStream(stream: Stream, connection: Connection): OverlayStream {
  const peerId = connection.remotePeer.toString()
  if (!isPeerId(peerId)) throw new Error('a peer without an Ed25519 key')
  const { promise: closed, resolve: onClosed } = Promise.withResolvers<void>()
  let onbytes: OverlayStream['onbytes'] = null

  stream.maxWriteBufferLength = MAX_WRITE_BUFFER
  stream.addEventListener('close', () => onClosed(), { once: true })
  // Whoever said all it has to say is not heard any more: neither protocol of ours ends by halves.
  stream.addEventListener('remoteCloseWrite', () => void stream.close().catch(() => {}), {
    once: true,
  })
  if (isOver(stream)) onClosed()

  return {
    peerId,
    path: pathOf(connection),
    limit: connection.limits?.bytes === undefined ? null : Number(connection.limits.bytes),
    closed,

    async send(bytes) {
      if (stream.status !== 'open') throw new Error('the stream is closed')
      // Not `onDrain`: its promise is made once and is kept from then on, so that it waits only once.
      if (!stream.send(bytes)) await drained(stream)
    },

    get onbytes() {
      return onbytes
    },
    set onbytes(take) {
      // libp2p keeps what comes until there is a listener.
      if (onbytes === null && take !== null) {
        stream.addEventListener('message', ({ data }: StreamMessageEvent) =>
          onbytes?.(data.subarray()),
        )
      }
      onbytes = take
    },

    close() {
      if (!isOver(stream)) void stream.close().catch(() => {})
    },
    abort(reason) {
      if (!isOver(stream)) stream.abort(new Error(reason))
    },
  }
}

/** By way of a relay: `/p2p-circuit` without the WebRTC that a circuit only arranges. */
export function pathOf({ remoteAddr }: Connection): 'direct' | 'relayed' {
  const address = remoteAddr.toString()
  return address.includes('/p2p-circuit') && !address.includes('/webrtc') ? 'relayed' : 'direct'
}

function isOver({ status }: Stream): boolean {
  return status !== 'open' && status !== 'closing'
}

function drained(stream: Stream): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const onDrain = () => {
    stream.removeEventListener('close', onClose)
    resolve()
  }
  const onClose = () => {
    stream.removeEventListener('drain', onDrain)
    reject(new Error('the stream was closed'))
  }
  stream.addEventListener('drain', onDrain, { once: true })
  stream.addEventListener('close', onClose, { once: true })
  return promise
}
