import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TorrentFixture } from '../support/metainfo-fixtures.ts'

/** Somebody else's web server with the torrent's files: a web seed (BEP 19) that never lies. */
export interface HonestSource {
  /** Of its folder, with the slash at the end. */
  readonly url: string
  /** Bytes of files handed to the network so far. */
  readonly sentBytes: number
  /** Calls back once, in the task in which this many more bytes have been sent; replaces the last. */
  after(bytes: number, then: () => void): void
  /** Answers nothing from now on, or again everything. */
  silence(silent: boolean): void
  close(): Promise<void>
}

/** Small, so that a moment in the middle of a piece can be met. */
const STEP = 16 * 1024

export async function startHonestSource({ files }: TorrentFixture): Promise<HonestSource> {
  const contents = new Map<string, Uint8Array>()
  for (const { path, file } of files) contents.set(path, new Uint8Array(await file.arrayBuffer()))
  let sentBytes = 0
  let silent = false
  let trigger: { readonly at: number; readonly then: () => void } | null = null

  const send = (response: ServerResponse, content: Uint8Array, from: number, to: number): void => {
    if (response.destroyed) return
    if (from >= to) return void response.end()
    const part = content.subarray(from, Math.min(to, from + STEP))
    response.write(part, () => {
      sentBytes += part.length
      if (trigger !== null && sentBytes >= trigger.at) {
        const { then } = trigger
        trigger = null
        then()
      }
      setImmediate(send, response, content, from + part.length, to)
    })
  }

  const server = createServer((request, response) => {
    response.setHeader('access-control-allow-origin', '*')
    response.setHeader('cross-origin-resource-policy', 'cross-origin')
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname)
    const content = contents.get(path.slice('/'.length))
    if (silent || content === undefined) return void response.writeHead(503).end()
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '')
    const start = range === null ? 0 : Number(range[1])
    const end = range?.[2] ? Math.min(Number(range[2]) + 1, content.length) : content.length
    response.writeHead(range === null ? 200 : 206, {
      'content-type': 'application/octet-stream',
      'content-length': end - start,
      ...(range === null ? {} : { 'content-range': `bytes ${start}-${end - 1}/${content.length}` }),
    })
    send(response, content, start, end)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // listening on TCP

  return {
    url: `http://127.0.0.1:${port}/`,
    get sentBytes() {
      return sentBytes
    },
    after(bytes, then) {
      trigger = { at: sentBytes + bytes, then }
    },
    silence(now) {
      silent = now
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
