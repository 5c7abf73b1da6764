import { expect, test } from 'vitest'
import { makeMemoryPieceStores } from '../../../src/engine/adapters/memory-piece-store.ts'
import { makeMemoryRecordStore } from '../../../src/engine/adapters/memory-record-store.ts'
import type { OutsideFolders } from '../../../src/engine/contracts/outside-folders.ts'
import { makeHoldings } from '../../../src/engine/holdings.ts'
import { makeInTurn } from '../../../src/engine/in-turn.ts'
import { makeKeptRecord } from '../../../src/engine/kept-record.ts'
import { makeMetainfo } from '../../../src/engine/make-metainfo.ts'
import { KIB } from '../../../src/engine/model/units.ts'
import { makePieceCache } from '../../../src/engine/storage/piece-cache.ts'
import { makeTorrentState } from '../../../src/engine/torrent-state.ts'
import { aRecord } from '../../contract/record-store.contract.ts'

const ALL = Uint8Array.of(0b1111_0000)
const ALL_BUT_ONE = Uint8Array.of(0b1110_0000)

/** What a torrent of four pieces holds, in no swarm, after a look that found these. */
async function someHoldings(found: Uint8Array<ArrayBuffer>) {
  const made = await makeMetainfo(
    [{ path: 'a', file: new File([new Uint8Array(64 * KIB)], 'a') }],
    { pieceLength: 16 * KIB },
    { signal: new AbortController().signal, onProgress: () => {} },
  )
  if (!made.ok) throw new Error(made.error.kind)
  const { metainfo } = made.value
  const { infoHash } = metainfo
  const records = makeMemoryRecordStore()
  const state = makeTorrentState({ onTrouble: () => {}, onChange: () => {} })
  const record = makeKeptRecord({
    records,
    record: aRecord({ infoHash, wanted: null }),
    onFailure: () => expect.unreachable(),
  })
  const holdings = makeHoldings({
    infoHash,
    record,
    records,
    state,
    stores: makeMemoryPieceStores(),
    folders: {} as OutsideFolders, // nothing is delivered
    cache: makePieceCache(),
    inTurn: makeInTurn(),
    promised: () => 0,
    part: () => null,
    leaveSoon: () => {},
    onMovedOut: () => {},
    onRecordFailed: () => expect.unreachable(),
    onFailure: () => expect.unreachable(),
  })
  holdings.layOut(metainfo, null)
  state.applyQuietly({ type: 'metadata-received' })
  holdings.found(found)
  return { holdings, state }
}

test('what a look finds decides whether it downloads or seeds', async () => {
  expect((await someHoldings(ALL)).state.phase.name).toBe('seeding')
  expect((await someHoldings(ALL_BUT_ONE)).state.phase.name).toBe('downloading')
})

test('the last piece that comes while the swarm is left ends the download when it is joined again', async () => {
  const { holdings, state } = await someHoldings(ALL_BUT_ONE)

  holdings.found(ALL)

  expect(state.phase.name).toBe('seeding')
})

test('a piece that is found to be missing when the swarm is joined again is fetched', async () => {
  const { holdings, state } = await someHoldings(ALL)

  holdings.found(ALL_BUT_ONE)

  expect(state.phase.name).toBe('downloading')
})
