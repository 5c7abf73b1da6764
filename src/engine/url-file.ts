import type { StoreShape } from './contracts/piece-store.ts'
import type { HttpRecord } from './contracts/record-store.ts'
import { MIB, type Bytes } from './model/units.ts'
import { makeFileLayout } from './storage/file-layout.ts'
import { makePieceCounts, type PieceCounts } from './storage/piece-counts.ts'

/** The unit in which a plain file is written; it has no hashes. */
export const URL_PIECE_LENGTH: Bytes = MIB

/** What is kept of one plain file by URL: pieces from its start, as far as they are safe. */
export interface UrlFile {
  readonly http: HttpRecord
  /** Null before its length is known. */
  readonly counts: PieceCounts | null
  readonly complete: boolean
  /** How it lies in a store. */
  shape(): StoreShape
  /** What the server says of it. What is kept stays. */
  identify(length: Bytes, validator: string | null): void
  /** What was counted is on the disk. */
  safe(): void
  /** What was kept is of another file. */
  forget(): void
}

export function makeUrlFile(path: string, began: HttpRecord): UrlFile {
  let http = began
  let counts: PieceCounts | null = null

  const shape = (): StoreShape => {
    const length = http.length ?? 0
    const files = [{ path, length, offset: 0 }]
    return { pieceLength: URL_PIECE_LENGTH, totalBytes: length, files }
  }

  const change = (changed: Partial<HttpRecord>) => {
    http = { ...http, ...changed }
    const { length, keptBytes } = http
    counts = length === null ? null : makePieceCounts(makeFileLayout(shape()), [length])
    for (let piece = 0; piece * URL_PIECE_LENGTH < keptBytes; piece++) counts?.good(piece)
  }
  change({})

  return {
    get http() {
      return http
    },
    get counts() {
      return counts
    },
    get complete() {
      return counts !== null && counts.haveBytes === http.length
    },
    shape,
    identify: (length, validator) => change({ length, validator }),
    safe() {
      http = { ...http, keptBytes: counts?.haveBytes ?? 0 }
    },
    forget: () => change({ length: null, keptBytes: 0, validator: null }),
  }
}
