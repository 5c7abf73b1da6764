import { expect } from 'chai'
import { deleteDB, openDB } from 'idb'
import {
  makeIdbRecordStore,
  RECORDS_DATABASE,
  RECORDS_VERSION,
} from '../../src/engine/adapters/idb-record-store.ts'
import type { RecordStore } from '../../src/engine/contracts/record-store.ts'
import type { InfoHash } from '../../src/engine/model/ids.ts'
import type { Bytes } from '../../src/engine/model/units.ts'
import type { ContractCase } from './contract-case.ts'
import { aRecord } from './record-store.contract.ts'
import { contentOf } from './torrent-content.ts'

/** What only records in IndexedDB have to promise: there are other tabs, and a disk. */
export const idbCases: ReadonlyArray<ContractCase<null>> = [
  {
    name: 'a database that a newer version of the app left is refused, and not touched',
    async run() {
      const name = crypto.randomUUID()
      const newer = await openDB(name, RECORDS_VERSION + 1, {
        upgrade: (database) => void database.createObjectStore('torrents'),
      })
      await newer.put('torrents', 'of the future', 'key')
      newer.close()

      const made = await makeIdbRecordStore(name)

      expect(made.ok ? null : made.error).to.deep.include({ kind: 'storage/io' })
      const after = await openDB(name, RECORDS_VERSION + 1)
      expect(await after.get('torrents', 'key')).to.equal('of the future')
      after.close()
    },
  },
  {
    name: 'a newer version of the app in another tab is let in, and nothing is written after',
    async run() {
      const name = crypto.randomUUID()
      const records = await opened(name)
      await records.putTorrent(aRecord({}))

      const newer = await openDB(name, RECORDS_VERSION + 1)

      expect(newer.version).to.equal(RECORDS_VERSION + 1)
      expect(await rejects(records.putTorrent(aRecord({ paused: true })))).to.equal(true)
      expect(await newer.get('torrents', aRecord({}).infoHash)).to.deep.include({ paused: false })
      newer.close()
    },
  },
  {
    name: 'site data that is cleared while the app runs costs the records, not the app',
    async run() {
      const name = crypto.randomUUID()
      const records = await opened(name)
      await records.putTorrent(aRecord({}))

      await deleteDB(name)

      expect(await records.torrents()).to.deep.equal({ records: [], unreadable: 0 })
      await records.putTorrent(aRecord({}))
      expect((await records.torrents()).records).to.have.lengthOf(1)
      records.close()
    },
  },
  {
    name: 'a tab that does not let go is storage/locked, and no wait without end',
    async run() {
      const name = crypto.randomUUID()
      const deaf = await openDB(name, RECORDS_VERSION)
      const deletion = deleteDB(name) // waits for the deaf one, and all who open wait for it

      const made = await makeIdbRecordStore(name, { patience: 200 })

      expect(made).to.deep.equal({ ok: false, error: { kind: 'storage/locked' } })
      deaf.close()
      await deletion
    },
  },
  {
    name: 'a closed store answers nobody',
    async run() {
      const records = await opened(crypto.randomUUID())

      records.close()

      expect(await rejects(records.torrents())).to.equal(true)
    },
  },
]

/** Above what browsers keep inside their database: 64 KiB in Chromium, 1 MiB in Firefox. */
const LARGE_METAINFO: Bytes = 3_000_000

/** The first of two visits, between which a test takes away what lies beside the database. */
export async function leaveRecords(): Promise<void> {
  const records = await opened(RECORDS_DATABASE)
  const [small, large] = twoRecords()
  await records.putTorrent(small)
  await records.putTorrent(large)
  records.close()
}

export async function findOneOfTwoRecords(): Promise<void> {
  const records = await opened(RECORDS_DATABASE)
  const found = await records.torrents()
  expect(found).to.deep.equal({ records: [twoRecords()[0]], unreadable: 1 })
  records.close()
}

function twoRecords() {
  const infoHash = '000000000000000000000000000000000000000a' as InfoHash // 40 hex digits
  return [aRecord({}), aRecord({ infoHash, metainfo: contentOf(LARGE_METAINFO) })] as const
}

async function opened(name: string): Promise<RecordStore> {
  const made = await makeIdbRecordStore(name)
  if (!made.ok) throw new Error(JSON.stringify(made.error))
  return made.value
}

async function rejects(promise: Promise<unknown>): Promise<boolean> {
  return promise.then(
    () => false,
    () => true,
  )
}
