import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server of somebody else's with a few files, answering ranges, open to pages (CORS). */
export interface HttpFiles {
  readonly origin: string
  /** Requests so far, as `GET /path 206`. */
  readonly log: readonly string[]
  put(path: string, body: Uint8Array | string, type?: string): void
  /** From now on this path ends each answer after that many bytes, as a lost connection does. */
  cut(path: string, after: number | null): void
  close(): Promise<void>
}

interface Served {
  readonly body: Uint8Array
  readonly type: string
}

export async function serveHttpFiles(): Promise<HttpFiles> {
  const files = new Map<string, Served>()
  const cuts = new Map<string, number>()
  const log: string[] = []

  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname)
    const file = files.get(path)
    response.setHeader('access-control-allow-origin', '*')
    response.setHeader('cross-origin-resource-policy', 'cross-origin')
    if (file === undefined) {
      log.push(`${request.method} ${path} 404`)
      response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not here</h1>')
      return
    }
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '')
    const start = range === null ? 0 : Number(range[1])
    const last = range?.[2] ? Number(range[2]) : file.body.length - 1
    const body = file.body.subarray(start, last + 1)
    const status = range === null ? 200 : 206
    log.push(`${request.method} ${path} ${status}`)
    response.writeHead(status, {
      'content-type': file.type,
      'content-length': body.length,
      'last-modified': 'Sat, 01 Aug 2026 12:00:00 GMT',
    })
    const cut = cuts.get(path)
    if (cut === undefined) return void response.end(body)
    response.write(body.subarray(0, cut), () => response.destroy())
  }

  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // listening on TCP

  return {
    origin: `http://127.0.0.1:${port}`,
    log,
    put(path, body, type = 'application/octet-stream') {
      files.set(path, { body: typeof body === 'string' ? Buffer.from(body) : body, type })
    },
    cut(path, after) {
      if (after === null) cuts.delete(path)
      else cuts.set(path, after)
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
