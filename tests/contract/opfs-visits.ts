import { expect } from 'chai'
import { makeOpfsPieceStores } from '../../src/engine/adapters/opfs-piece-store.ts'
import type { PieceStore, PieceStores } from '../../src/engine/contracts/piece-store.ts'
import type { InfoHash } from '../../src/engine/model/ids.ts'
import { KIB } from '../../src/engine/model/units.ts'
import { contentOf, pieceOf, sameBytes, shapeOf } from './torrent-content.ts'

export const INFO_HASH = '00112233445566778899aabbccddeeff00112233' as InfoHash // 40 hex digits
export const SHAPE = shapeOf(64 * KIB, [
  ['t/large.bin', 300 * KIB],
  ['t/small.bin', 84 * KIB],
  ['t/later.bin', 1000 * KIB],
])
export const CONTENT = contentOf(SHAPE.totalBytes)

/** The first of two visits, between which a test kills the browser: nothing is closed. */
export async function leavePieces(): Promise<void> {
  await leavePiecesIn(makeOpfsPieceStores(), { close: false })
}

export async function findPieces(): Promise<void> {
  const stores = makeOpfsPieceStores()
  expect(await stores.list()).to.deep.equal([INFO_HASH])
  const opened = await stores.open(INFO_HASH, SHAPE)
  if (!opened.ok) throw new Error(JSON.stringify(opened.error))
  await expectPieces(opened.value)
  await opened.value.close()
}

export async function leavePiecesIn(stores: PieceStores, { close = true } = {}): Promise<void> {
  const opened = await stores.open(INFO_HASH, SHAPE)
  if (!opened.ok) throw new Error(JSON.stringify(opened.error))
  for (let piece = 0; piece < 6; piece++) {
    const written = await opened.value.write(piece, pieceOf(CONTENT, SHAPE, piece))
    if (!written.ok) throw new Error(JSON.stringify(written.error))
  }
  await opened.value.flush()
  if (close) await opened.value.close()
}

export async function expectPieces(store: PieceStore): Promise<void> {
  for (let piece = 0; piece < 6; piece++) {
    const read = await store.read(piece, 0, 64 * KIB)
    expect(read.ok && sameBytes(read.value, pieceOf(CONTENT, SHAPE, piece))).to.equal(true)
  }
}
