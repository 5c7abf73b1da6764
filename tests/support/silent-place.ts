import { createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'

/** A place of somebody else's that takes every connection, says nothing, and counts them. */
export interface SilentPlace {
  /** As a tracker, and as a web seed. */
  readonly tracker: string
  readonly webSeed: string
  /** Connections so far. */
  readonly connections: number
  close(): Promise<void>
}

export async function openSilentPlace(): Promise<SilentPlace> {
  let connections = 0
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    connections += 1
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // a TCP server's address is never a path
  return {
    tracker: `ws://127.0.0.1:${port}/announce`,
    webSeed: `http://127.0.0.1:${port}/file.bin`,
    get connections() {
      return connections
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
