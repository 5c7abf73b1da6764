import { openDB } from 'idb'
import { makeIdbIdentityStore } from '../../src/engine/adapters/idb-identity-store.ts'
import { makeIdbRecordStore } from '../../src/engine/adapters/idb-record-store.ts'
import { makeIdbSwarmStore } from '../../src/engine/adapters/idb-swarm-store.ts'
import { makeOpfsPieceStores } from '../../src/engine/adapters/opfs-piece-store.ts'
import type { SealedPage } from '../../src/engine/storage/journal-page.ts'
import type { ContractCase } from '../contract/contract-case.ts'
import {
  findRecordsWithoutLargeValues,
  idbCases,
  leaveRecords,
} from '../contract/idb-device.cases.ts'
import { idbIdentityCases } from '../contract/idb-identity.cases.ts'
import { idbSwarmCases } from '../contract/idb-swarms.cases.ts'
import { swarmStoreCases } from '../contract/swarm-store.contract.ts'
import { identityStoreCases } from '../contract/identity-store.contract.ts'
import { opfsCases, refuseOpfs } from '../contract/opfs-device.cases.ts'
import { findPieces, leavePieces } from '../contract/opfs-visits.ts'
import {
  fullDeviceCases,
  ownBytesCases,
  pieceStoreCases,
  type PieceStoreSetup,
} from '../contract/piece-store.contract.ts'
import { outsideFolderCases } from '../contract/outside-folders.cases.ts'
import { pickedCases } from '../contract/picked-store.cases.ts'
import { recordStoreCases, type RecordStoreSetup } from '../contract/record-store.contract.ts'

/** Few, so that files are closed and opened again in the midst of every case. */
const OPEN_FILES = 4

const suites: Readonly<Record<string, (name: string) => Promise<void>>> = {
  'opfs-piece-stores': (name) =>
    withPieceStores(caseOf([...pieceStoreCases, ...ownBytesCases], name)),
  'outside-folders': async (name) => caseOf(outsideFolderCases, name).run(null),
  'picked-files': async (name) => caseOf(pickedCases, name).run(null),
  'opfs-device': async (name) => caseOf(opfsCases, name).run(null),
  'idb-records': (name) => withRecords(caseOf(recordStoreCases, name)),
  'idb-device': async (name) => caseOf(idbCases, name).run(null),
  'idb-identity': async (name) => {
    const database = crypto.randomUUID()
    const again = () => makeIdbIdentityStore(database)
    await caseOf(identityStoreCases, name).run({ store: again(), again })
  },
  'idb-identity-device': async (name) => caseOf(idbIdentityCases, name).run(null),
  'idb-swarms': async (name) => {
    const database = crypto.randomUUID()
    const again = () => makeIdbSwarmStore(database)
    await caseOf(swarmStoreCases, name).run({ store: again(), again })
  },
  'idb-swarms-device': async (name) => caseOf(idbSwarmCases, name).run(null),
  visit: async (name) => VISITS[name]!(),
  'opfs-full-device': (name) => withPieceStores(caseOf(fullDeviceCases, name)),
}

/** What a test does with the origin's own storage, before and after what it does to the browser. */
const VISITS: Readonly<Record<string, () => Promise<void>>> = {
  leavePieces,
  findPieces,
  leaveRecords,
  findRecordsWithoutLargeValues,
  refuseOpfs,
}

addEventListener('message', ({ data }: MessageEvent<{ suite: string; name: string }>) => {
  suites[data.suite]!(data.name).then(
    () => postMessage(null),
    (thrown: unknown) => postMessage(thrown instanceof Error ? thrown.stack : String(thrown)),
  )
})

async function withPieceStores({ run }: ContractCase<PieceStoreSetup>): Promise<void> {
  const device = await navigator.storage.getDirectory()
  const name = crypto.randomUUID()
  const root = await device.getDirectoryHandle(name, { create: true })
  const make = () => makeOpfsPieceStores(root, { openFiles: OPEN_FILES })

  await run({ stores: make(), again: async () => make() })
  await device.removeEntry(name, { recursive: true })
}

async function withRecords({ run }: ContractCase<RecordStoreSetup>): Promise<void> {
  const name = crypto.randomUUID()
  const make = async () => {
    const made = await makeIdbRecordStore(name)
    if (!made.ok) throw new Error(JSON.stringify(made.error))
    return made.value
  }
  const plant = async (store: string, stored: unknown, key?: string) => {
    const database = await openDB(name)
    await database.put(store, stored, key)
    database.close()
  }

  await run({
    records: await make(),
    again: make,
    plantTorrent: (stored) => plant('torrents', stored),
    plantSettings: (stored) => plant('settings', stored, 'changed'),
    async spoilPage(infoHash, spoil) {
      const database = await openDB(name)
      // What the store itself put there.
      const sealed = (await database.get('journal', infoHash)) as SealedPage
      await database.put('journal', spoil(sealed), infoHash)
      database.close()
    },
  })
}

function caseOf<Setup>(cases: ReadonlyArray<ContractCase<Setup>>, name: string) {
  return cases.find((one) => one.name === name)!
}
