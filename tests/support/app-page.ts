import type { Page } from 'puppeteer-core'
import type { Chiral } from '../../src/workers/page/chiral-interface.ts'
import type { EngineError } from '../../src/engine/model/errors.ts'
import type { AddOptions, SeedOptions, TorrentSnapshot } from '../../src/engine/model/torrent.ts'
import type { TestBrowser } from './browsers.ts'
import { makePatient } from './patient-page.ts'

declare global {
  interface Window {
    chiral: Chiral
    /** What `madeFile` made in this page, by name. */
    made?: Record<string, File>
  }
}

/** A tab with the real app in it, driven through `window.chiral`. */
export interface AppPage {
  readonly page: Page
  /** Makes a file of pseudo-random bytes in the page and seeds it; only the hash leaves the page. */
  seedBytes(name: string, length: number, options?: SeedOptions): Promise<SeededBytes>
  /** Seeds files with these contents, a character for each byte; `/` in a name makes folders. */
  seedFiles(
    files: ReadonlyArray<readonly [path: string, content: string]>,
    options?: SeedOptions,
  ): Promise<string>
  add(source: string | Uint8Array, options?: AddOptions): Promise<string>
  /** The typed error that adding this ends with; null when it was taken. */
  refusal(source: string | Uint8Array): Promise<EngineError | null>
  snapshot(infoHash: string): Promise<TorrentSnapshot | undefined>
  /** Resolves when the torrent's snapshot satisfies the condition, told by events, not by time. */
  until(infoHash: string, condition: Condition): Promise<TorrentSnapshot>
  /** Hex SHA-256 of a finished file, read back through the store. */
  sha256(infoHash: string, path: string): Promise<string>
  /** Hex SHA-256 of every file, by path. */
  digests(infoHash: string): Promise<Readonly<Record<string, string>>>
  paths(infoHash: string): Promise<readonly string[]>
  close(): Promise<void>
}

export interface SeededBytes {
  readonly infoHash: string
  readonly magnet: string
  readonly sha256: string
}

/** Named, because a function cannot be sent to a Firefox page with what it closes over. */
export type Condition =
  | 'seeding'
  | 'downloading'
  | 'paused'
  | 'failed'
  | 'has-pieces'
  | 'has-peers'
  | 'no-peers'
  | 'tracker-answered'
  | 'tracker-failed'
  /** A connected peer has everything; nobody connected has anything of it. */
  | 'safe'
  | 'only-here'

export async function openApp(browser: TestBrowser, url: string): Promise<AppPage> {
  const page = await browser.newPage(url)
  makePatient(page)
  await page.waitForFunction(() => typeof window.chiral === 'object')
  await page.evaluate(() => window.chiral.ready)
  return appPage(page)
}

export function appPage(page: Page): AppPage {
  return {
    page,

    seedBytes: (name, length, options = {}) =>
      page.evaluate(
        async (name, length, options) => {
          const bytes = new Uint8Array(length)
          const words = new Uint32Array(bytes.buffer, 0, Math.floor(length / 4))
          let state = 0x9e3779b9 ^ length
          for (let at = 0; at < words.length; at++) {
            state ^= state << 13
            state ^= state >>> 17
            state ^= state << 5
            words[at] = state
          }
          const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
          const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
          const { infoHash, magnet } = await window.chiral.seed([new File([bytes], name)], options)
          return { infoHash, magnet, sha256 }
        },
        name,
        length,
        options,
      ),

    seedFiles: (files, options = {}) =>
      page.evaluate(
        async (files, options) => {
          const made = files.map(([path, content]) => {
            const bytes = Uint8Array.from(content, (letter) => letter.charCodeAt(0))
            const file = new File([bytes], path.split('/').at(-1) ?? '')
            // What a folder picker would have set.
            Object.defineProperty(file, 'webkitRelativePath', { value: path })
            return file
          })
          return (await window.chiral.seed(made, options)).infoHash
        },
        files,
        options,
      ),

    add: (source, options = {}) =>
      page.evaluate(
        (source, options) =>
          window.chiral.add(typeof source === 'string' ? source : Uint8Array.from(source), options),
        typeof source === 'string' ? source : [...source],
        options,
      ),

    refusal: (source) =>
      page.evaluate(
        async (source) => {
          try {
            await window.chiral.add(typeof source === 'string' ? source : Uint8Array.from(source))
            return null
          } catch (thrown) {
            // What `window.chiral` promises to put there.
            return (thrown as Error).cause as EngineError
          }
        },
        typeof source === 'string' ? source : [...source],
      ),

    snapshot: (infoHash) => page.evaluate((infoHash) => window.chiral.get(infoHash), infoHash),

    until: (infoHash, condition) =>
      page.evaluate(
        (infoHash, condition) =>
          new Promise<TorrentSnapshot>((resolve) => {
            const meets = ({
              phase,
              havePieces,
              haveBytes,
              peerCount,
              swarm,
              others,
            }: TorrentSnapshot): boolean => {
              switch (condition) {
                case 'has-pieces':
                  return havePieces > 0
                case 'has-peers':
                  return peerCount > 0
                case 'no-peers':
                  return peerCount === 0
                case 'tracker-answered':
                  return swarm.trackersAnswered > 0
                case 'tracker-failed':
                  return swarm.trackersFailed > 0
                case 'safe':
                  return others !== null && others.complete > 0
                case 'only-here':
                  return others !== null && others.onlyHere === haveBytes
                case 'seeding':
                case 'downloading':
                case 'paused':
                case 'failed':
                  return phase.name === condition
              }
            }
            const look = () => {
              const snapshot = window.chiral.get(infoHash)
              if (snapshot === undefined || !meets(snapshot)) return
              stop()
              resolve(snapshot)
            }
            const stop = window.chiral.on('torrent', look)
            look()
          }),
        infoHash,
        condition,
      ),

    sha256: (infoHash, path) =>
      page.evaluate(
        async (infoHash, path) => {
          const file = await window.chiral.read(infoHash, path)
          const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer())
          return Array.from(new Uint8Array(digest), (byte) =>
            byte.toString(16).padStart(2, '0'),
          ).join('')
        },
        infoHash,
        path,
      ),

    digests: (infoHash) =>
      page.evaluate(async (infoHash) => {
        const digests: Record<string, string> = {}
        for (const { path } of await window.chiral.files(infoHash)) {
          const file = await window.chiral.read(infoHash, path)
          const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer())
          digests[path] = Array.from(new Uint8Array(digest), (byte) =>
            byte.toString(16).padStart(2, '0'),
          ).join('')
        }
        return digests
      }, infoHash),

    paths: (infoHash) =>
      page.evaluate(
        async (infoHash) => (await window.chiral.files(infoHash)).map(({ path }) => path),
        infoHash,
      ),

    close: () => page.close(),
  }
}
