import { expect, test } from 'vitest'
import { makeMemoryPieceStores } from '../../../../src/engine/adapters/memory-piece-store.ts'
import { makeMetainfo } from '../../../../src/engine/make-metainfo.ts'
import { KIB } from '../../../../src/engine/model/units.ts'
import { copyIntoStore } from '../../../../src/engine/storage/copy-into-store.ts'
import { readMetainfo } from '../../../../src/engine/storage/orphans.ts'
import { contentOf, pieceOf, sameBytes } from '../../../contract/torrent-content.ts'

const LENGTHS = [100 * KIB, 0, 7, 50 * KIB, 1]
const content = contentOf(LENGTHS.reduce((sum, length) => sum + length, 0))
const never = new AbortController().signal

test('every byte is where the torrent has it, and the metainfo beside it', async () => {
  const stores = makeMemoryPieceStores()
  const { metainfo, sources } = await made()

  const copied = await copyIntoStore(stores, metainfo, sources, {
    signal: never,
    onProgress: () => {},
  })

  expect(copied.ok).toBe(true)
  const opened = await stores.open(metainfo.infoHash, metainfo)
  if (!opened.ok) throw new Error(opened.error.kind)
  for (let piece = 0; piece < metainfo.pieceCount; piece++) {
    const expected = pieceOf(content, metainfo, piece)
    const read = await opened.value.read(piece, 0, expected.length)
    expect(read.ok && sameBytes(read.value, expected)).toBe(true)
  }
  const stored = await stores.look(metainfo.infoHash)
  const found = await readMetainfo(metainfo.infoHash, stored?.metainfo ?? null)
  expect(found?.name).toBe(metainfo.name)
})

test('what a person stops leaves nothing', async () => {
  const stores = makeMemoryPieceStores()
  const { metainfo, sources } = await made()
  const stop = new AbortController()

  const copying = copyIntoStore(stores, metainfo, sources, {
    signal: stop.signal,
    onProgress: () => stop.abort(new Error('enough')),
  })

  await expect(copying).rejects.toThrow('enough')
  expect(await stores.list()).toEqual([])
})

test('a file that became shorter is named, and nothing is left', async () => {
  const stores = makeMemoryPieceStores()
  const { metainfo, sources } = await made()
  const shorter = sources.map((file, at) => (at === 3 ? new File([], 'became-shorter') : file))

  const copied = await copyIntoStore(stores, metainfo, shorter, {
    signal: never,
    onProgress: () => {},
  })

  expect(copied).toEqual({
    ok: false,
    error: { kind: 'storage/source-changed', name: 'became-shorter' },
  })
  expect(await stores.list()).toEqual([])
})

async function made() {
  let at = 0
  const files = LENGTHS.map((length, index) => {
    const file = new File([content.slice(at, at + length)], `${index}`)
    at += length
    return { path: `t/${index}`, file }
  })
  const result = await makeMetainfo(
    files,
    { pieceLength: 16 * KIB },
    { signal: never, onProgress: () => {} },
  )
  if (!result.ok) throw new Error(result.error.kind)
  return result.value
}
