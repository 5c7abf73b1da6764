import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, sep } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { byteRangeOf } from './byte-range.ts'

export interface AppFiles {
  readonly count: number
  /** Answers a GET or HEAD for one of the files; false, and nothing sent, when there is none. */
  serve(request: IncomingMessage, response: ServerResponse): boolean
}

/**
 * The built page, read into memory once: a build replaced under a running relay can neither end
 * the process nor mix two builds. (A static server that opens files for each request dies from a
 * file that went away, and `sirv` 3.0.2 from `Range: bytes=5-2`.)
 *
 * Answers `null` when the folder holds no `index.html`.
 */
export function readAppFiles(folder: string): AppFiles | null {
  const files = new Map(pathsIn(folder).map((path) => [path, readFile(folder, path)]))
  const index = files.get('/index.html')
  if (index === undefined) return null
  files.set('/', index)

  return {
    count: files.size - 1,
    serve(request, response) {
      const file = files.get(pathnameOf(request.url ?? ''))
      if (file === undefined) return false
      void send(file, request, response)
      return true
    },
  }
}

interface AppFile {
  readonly body: Buffer
  readonly headers: Readonly<Record<string, string>>
  /** Smaller forms by content coding: made by the build, or made here when first asked for. */
  readonly coded: Map<Coding, Buffer | Promise<Buffer>>
  readonly compressible: boolean
}

type Coding = 'br' | 'gzip'

const CODED_SUFFIX: ReadonlyArray<readonly [Coding, string]> = [
  ['br', '.br'],
  ['gzip', '.gz'],
]

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.mp3': 'audio/mpeg',
  '.mp4': 'video/mp4',
  '.ogg': 'audio/ogg',
  '.png': 'image/png',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.torrent': 'application/x-bittorrent',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webm': 'video/webm',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
}

const COMPRESSIBLE = /^(text\/|application\/(json|manifest|wasm)|image\/svg)/
/** Below this a coding saves less than its headers cost. */
const COMPRESSIBLE_BYTES = 1024
/** Past 6 brotli takes many times as long for a few per cent. */
const BROTLI_QUALITY = 6

/** Vite puts a hash of the content into the name of everything in `assets`. */
const HASHED = /^\/assets\//
const FOR_EVER = 'public, max-age=31536000, immutable'

const brotli = promisify(brotliCompress)
const gzipped = promisify(gzip)

function pathsIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length))
      .map((path) => `/${path.split(sep).filter(Boolean).join('/')}`)
  } catch {
    return []
  }
}

function readFile(folder: string, path: string): AppFile {
  const body = readFileSync(join(folder, path))
  const type = MEDIA_TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream'
  const coded = new Map<Coding, Buffer>()
  for (const [coding, suffix] of CODED_SUFFIX) {
    try {
      coded.set(coding, readFileSync(join(folder, path + suffix)))
    } catch {
      // The build made none.
    }
  }

  return {
    body,
    coded,
    compressible: COMPRESSIBLE.test(type) && body.byteLength >= COMPRESSIBLE_BYTES,
    headers: {
      'Content-Type': type,
      'Cache-Control': HASHED.test(path) ? FOR_EVER : 'no-cache',
      // Weak: the codings of one file are equivalent, not equal (RFC 9110 §8.8.1).
      ETag: `W/"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    },
  }
}

async function send(
  file: AppFile,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { headers } = file
  const varies = file.compressible || file.coded.size > 0
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  if (varies) response.setHeader('Vary', 'Accept-Encoding')

  if (request.headers['if-none-match'] === headers['ETag']) {
    response.writeHead(304).end()
    return
  }

  const range = byteRangeOf(request.headers.range, file.body.byteLength)
  if (range === 'unsatisfiable') {
    response.setHeader('Content-Range', `bytes */${file.body.byteLength}`)
    response.writeHead(416).end()
    return
  }
  response.setHeader('Accept-Ranges', 'bytes')
  if (range !== null) {
    const part = file.body.subarray(range.start, range.end + 1)
    response.setHeader('Content-Range', `bytes ${range.start}-${range.end}/${file.body.byteLength}`)
    response.writeHead(206, { 'Content-Length': part.byteLength }).end(part)
    return
  }

  const coding = codingFor(file, request.headers['accept-encoding'] ?? '')
  const body = coding === null ? file.body : await codedBody(file, coding)
  if (coding !== null) response.setHeader('Content-Encoding', coding)
  response.writeHead(200, { 'Content-Length': body.byteLength }).end(body)
}

function codingFor(file: AppFile, accepted: string): Coding | null {
  const codings = accepted
    .split(',')
    .filter((part) => !/;\s*q=0(\.0*)?\s*$/.test(part))
    .map((part) => part.split(';')[0]!.trim().toLowerCase())
  for (const [coding] of CODED_SUFFIX) {
    if (codings.includes(coding) && (file.compressible || file.coded.has(coding))) return coding
  }
  return null
}

/** Compresses at most once; requests that arrive meanwhile wait for the same result. */
function codedBody(file: AppFile, coding: Coding): Buffer | Promise<Buffer> {
  const known = file.coded.get(coding)
  if (known !== undefined) return known
  const params = { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY }
  const made = coding === 'br' ? brotli(file.body, { params }) : gzipped(file.body)
  file.coded.set(coding, made)
  return made
}

/** The path as it was built; a path that does not decode names no file. */
function pathnameOf(url: string): string {
  try {
    return decodeURIComponent(url.split(/[?#]/, 1)[0] ?? '')
  } catch {
    return ''
  }
}
