import { sha256 } from '@noble/hashes/sha2.js'
import * as v from 'valibot'
import type { JournalPage } from '../contracts/record-store.ts'
import { bytesOfHex, isInfoHash, type InfoHash } from '../model/ids.ts'

/** A page as it lies on the disk. `checksum` is the SHA-256 of `bytesOf` it. */
export interface SealedPage extends JournalPage {
  /** Of the engine that wrote it. */
  readonly epoch: number
  readonly checksum: Uint8Array<ArrayBuffer>
}

export function sealPage(page: JournalPage, epoch: number): SealedPage {
  return { ...page, epoch, checksum: sha256(bytesOf(page, epoch)) }
}

/** The page; null when anything in it is not what was sealed. */
export function openPage(stored: unknown): JournalPage | null {
  const parsed = v.safeParse(sealedPage, stored)
  if (!parsed.success) return null
  const { epoch, checksum, ...page } = parsed.output
  const right = sha256(bytesOf(page, epoch))
  return right.every((byte, at) => byte === checksum[at]) ? page : null
}

/** The pages of a device, by the key each lies under. */
export function openPages(
  stored: ReadonlyArray<readonly [key: unknown, page: unknown]>,
): ReadonlyMap<InfoHash, JournalPage | null> {
  const pages = new Map<InfoHash, JournalPage | null>()
  for (const [key, sealed] of stored) {
    if (typeof key !== 'string' || !isInfoHash(key)) continue
    const page = openPage(sealed)
    pages.set(key, page?.infoHash === key ? page : null)
  }
  return pages
}

/** 20 bytes of info hash, then epoch, sequence and length of `pieces` (8 bytes each), then the bits. */
function bytesOf({ infoHash, sequence, pieces, pending }: JournalPage, epoch: number): Uint8Array {
  const bytes = new Uint8Array(HEAD + pieces.length + pending.length)
  const view = new DataView(bytes.buffer)
  bytes.set(bytesOfHex(infoHash))
  view.setBigUint64(20, BigInt(epoch))
  view.setBigUint64(28, BigInt(sequence))
  view.setBigUint64(36, BigInt(pieces.length))
  bytes.set(pieces, HEAD)
  bytes.set(pending, HEAD + pieces.length)
  return bytes
}

const HEAD = 44
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const bits = v.instance(Uint8Array<ArrayBuffer>)

const sealedPage = v.object({
  infoHash: v.pipe(
    v.string(),
    v.custom<InfoHash>((text) => typeof text === 'string' && isInfoHash(text)),
  ),
  epoch: count,
  sequence: count,
  pieces: bits,
  pending: bits,
  checksum: v.pipe(bits, v.length(32)),
})
