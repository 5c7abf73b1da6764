import type { PieceStore } from '../contracts/piece-store.ts'
import { makeGiveWay } from '../give-way.ts'
import type { ErrorIn } from '../model/errors.ts'
import type { Metainfo } from '../model/metainfo.ts'
import type { PieceIndex } from '../model/ids.ts'
import { SECOND, type Millis } from '../model/units.ts'

/** Reading and hashing overlap; more in flight only holds more pieces in memory. */
const IN_FLIGHT = 4
const REPORT_INTERVAL: Millis = SECOND / 10
const DIGEST_LENGTH = 20

export interface VerifySpec {
  readonly metainfo: Metainfo
  readonly store: PieceStore
  /** Pieces that need no look. */
  readonly known: Uint8Array
  /** Pieces to look at; null is all that are not known. */
  readonly look: Uint8Array | null
  stopped(): boolean
  onGood(piece: PieceIndex): void
  onChecked(pieces: number): void
  onFailure(error: ErrorIn<'storage'>): void
}

/**
 * Finds out which stored pieces are good. Resolves when all were looked at, or `stopped()`, or
 * the store failed; a hash that differs is not a failure, only a piece to get again.
 */
export async function verifyStored(spec: VerifySpec): Promise<void> {
  const { metainfo, store, known, look } = spec
  const { pieceCount, pieceLength, totalBytes, pieceHashes } = metainfo
  const giveWay = makeGiveWay()
  let next = 0
  let checked = 0
  let failed = false
  let reportedAt = 0

  const isGood = async (piece: PieceIndex): Promise<boolean> => {
    const length = Math.min(pieceLength, totalBytes - piece * pieceLength)
    const read = await store.read(piece, 0, length)
    if (!read.ok) {
      failed = true
      spec.onFailure(read.error)
      return false
    }
    if (read.value === null) return false
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-1', read.value))
    const at = piece * DIGEST_LENGTH
    return digest.every((byte, index) => byte === pieceHashes[at + index])
  }

  const work = async (): Promise<void> => {
    while (next < pieceCount && !failed && !spec.stopped()) {
      const piece = next++
      checked += 1
      if (isIn(known, piece)) {
        spec.onGood(piece)
        continue
      }
      if (look !== null && !isIn(look, piece)) continue
      const good = await isGood(piece)
      await giveWay()
      if (spec.stopped()) return
      if (good) spec.onGood(piece)
      const now = performance.now()
      if (now - reportedAt < REPORT_INTERVAL) continue
      reportedAt = now
      spec.onChecked(checked)
    }
  }

  await Promise.all(Array.from({ length: Math.min(IN_FLIGHT, pieceCount) }, work))
}

function isIn(bits: Uint8Array, piece: PieceIndex): boolean {
  return ((bits[piece >> 3] ?? 0) & (0x80 >> (piece & 7))) !== 0
}
