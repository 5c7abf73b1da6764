import './patience.ts'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

const HANDSHAKE = [
  'GET /announce HTTP/1.1',
  'Host: tracker.test',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
]

/** A TCP connection that may say anything; a reset does not disturb the test. */
export async function rawConnection(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  onTestFinished(() => void socket.destroy())
  return socket
}

/** The same after a proper WebSocket handshake. It never answers a ping or a close by itself. */
export async function rawUpgrade(port: number): Promise<Socket> {
  const socket = await rawConnection(port)
  socket.write([...HANDSHAKE, '', ''].join('\r\n'))
  await once(socket, 'data')
  return socket
}

/** A whole masked text frame, as a browser would send it; the mask is zero. */
export function textFrame(text: string): Buffer {
  const payload = Buffer.from(text)
  const length = payload.byteLength
  const head =
    length < 126
      ? Buffer.from([0x81, 0x80 | length])
      : Buffer.from([0x81, 0x80 | 126, length >> 8, length & 0xff])
  return Buffer.concat([head, Buffer.alloc(4), payload])
}

export function hasEnded(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) return resolve()
    socket.once('close', () => resolve())
    socket.resume()
  })
}
