import { expect } from 'chai'
import { deleteDB, openDB } from 'idb'
import { RECORDS_VERSION } from '../../src/engine/adapters/idb-database.ts'
import { makeIdbRecordStore, RECORDS_DATABASE } from '../../src/engine/adapters/idb-record-store.ts'
import type { RecordStore, TorrentRecord } from '../../src/engine/contracts/record-store.ts'
import type { InfoHash } from '../../src/engine/model/ids.ts'
import type { Bytes } from '../../src/engine/model/units.ts'
import type { ContractCase } from './contract-case.ts'
import { aRecord } from './record-store.contract.ts'
import { contentOf } from './torrent-content.ts'

/** What only records in IndexedDB have to promise: there are other tabs, and a disk. */
export const idbCases: ReadonlyArray<ContractCase<null>> = [
  {
    name: 'a database that a newer version of the app left is shown, and not touched',
    async run() {
      const name = crypto.randomUUID()
      const before = await opened(name)
      await before.putTorrent(aRecord({}))
      before.close()
      const newer = await openDB(name, RECORDS_VERSION + 1, {
        upgrade: (database) => void database.createObjectStore('moods'),
      })
      newer.close()

      const records = await opened(name)

      expect(records.writable).to.equal(false)
      expect(await records.torrents()).to.deep.equal({ records: [aRecord({})], unreadable: 0 })
      expect([...(await records.journal())]).to.deep.equal([])
      for (const refused of [
        await records.putTorrent(aRecord({ paused: true })),
        await records.removeTorrent(aRecord({}).infoHash),
        await records.putSettings({ downLimit: 1 }),
      ]) {
        expect(refused).to.deep.equal({ ok: false, error: { kind: 'storage/newer' } })
      }
      expect((await records.torrents()).records).to.deep.equal([aRecord({})])
      expect(await records.settings()).to.deep.equal({})
      records.close()
    },
  },
  {
    name: 'a newer database without any of our stores is an empty list',
    async run() {
      const name = crypto.randomUUID()
      const newer = await openDB(name, RECORDS_VERSION + 1)
      newer.close()

      const records = await opened(name)

      expect(await records.torrents()).to.deep.equal({ records: [], unreadable: 0 })
      expect(await records.settings()).to.deep.equal({})
      records.close()
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
      const refused = await records.putTorrent(aRecord({ paused: true }))
      expect(refused).to.deep.equal({ ok: false, error: { kind: 'storage/newer' } })
      expect(await newer.get('torrents', aRecord({}).infoHash)).to.deep.include({ paused: false })
      newer.close()
    },
  },
  {
    name: 'a database of version 1 is taken over with every record, and written on',
    async run() {
      const name = crypto.randomUUID()
      await leaveVersion1(name)

      const records = await opened(name)

      const found = await records.torrents()
      expect(found).to.deep.equal({ records: version1Records(), unreadable: 1 })
      expect(await records.settings()).to.deep.equal({ downLimit: 5 })
      expect([...(await records.journal())]).to.deep.equal([])
      const [first] = found.records
      expect(await records.putTorrent({ ...first!, paused: true })).to.deep.include({ ok: true })
      records.close()
      const again = await opened(name)
      const after = await again.torrents()
      expect(after.records).to.deep.equal([{ ...first!, paused: true }, version1Records()[1]])
      again.close()
    },
  },
  {
    name: 'a database of version 2 is taken over, and closed to the app that left it',
    async run() {
      const name = crypto.randomUUID()
      await leaveVersion2(name)

      const records = await opened(name)

      const found = await records.torrents()
      expect(found).to.deep.equal({ records: [aRecord({ metainfo: null })], unreadable: 0 })
      const limits = { down: 5, up: 0 }
      const priorities = { high: ['t/a'], low: [] }
      await records.putTorrent({ ...found.records[0]!, limits, priorities })
      records.close()
      expect(await rejects(openDB(name, 2))).to.equal(true)
      const again = await opened(name)
      expect((await again.torrents()).records).to.deep.equal([
        aRecord({ metainfo: null, limits, priorities }),
      ])
      again.close()
    },
  },
  {
    name: 'an upgrade that breaks off leaves version 1 as it was',
    async run() {
      const name = crypto.randomUUID()
      await leaveVersion1(name)
      const broken = openDB(name, RECORDS_VERSION, {
        upgrade(database, _from, _to, transaction) {
          database.createObjectStore('journal')
          transaction.abort()
        },
      })
      expect(await rejects(broken)).to.equal(true)

      const records = await opened(name)

      expect((await records.torrents()).records).to.deep.equal(version1Records())
      records.close()
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

export async function findRecordsWithoutLargeValues(): Promise<void> {
  const records = await opened(RECORDS_DATABASE)
  const found = await records.torrents()
  const [small, large] = twoRecords()
  expect(found).to.deep.equal({ records: [small, { ...large, metainfo: null }], unreadable: 0 })
  records.close()
}

/** As the first version of the app left it, with fields that were unknown then left out. */
async function leaveVersion1(name: string): Promise<void> {
  const database = await openDB(name, 1, {
    upgrade(database) {
      database.createObjectStore('torrents', { keyPath: 'infoHash' })
      database.createObjectStore('settings')
    },
  })
  for (const record of version1Records()) {
    const { selected: _, place: __, deliverTo: ___, ...stored } = withoutVersion3(record)
    await database.put('torrents', stored)
  }
  await database.put('torrents', { infoHash: 'f'.repeat(40), name: 5 })
  await database.put('settings', { downLimit: 5 }, 'changed')
  database.close()
}

async function leaveVersion2(name: string): Promise<void> {
  const database = await openDB(name, 2, {
    upgrade(database) {
      database.createObjectStore('torrents', { keyPath: 'infoHash' })
      for (const store of ['settings', 'metainfo', 'journal', 'engine']) {
        database.createObjectStore(store)
      }
    },
  })
  const { metainfo: _, ...stored } = withoutVersion3(aRecord({}))
  await database.put('torrents', stored)
  await database.put('engine', 7, 'epoch')
  database.close()
}

function withoutVersion3(record: TorrentRecord) {
  const { limits: _, priorities: __, ...stored } = record
  return stored
}

function version1Records() {
  const infoHash = '000000000000000000000000000000000000000b' as InfoHash // 40 hex digits
  const http = { url: 'https://x.test/f', length: 5, keptBytes: 3, validator: null }
  return [
    aRecord({ selected: null, metainfo: contentOf(100_000) }),
    aRecord({ infoHash, addedAt: 2, selected: null, protocol: 'http', metainfo: null, http }),
  ]
}

function twoRecords() {
  const infoHash = '000000000000000000000000000000000000000a' as InfoHash // 40 hex digits
  return [
    aRecord({}),
    aRecord({ infoHash, addedAt: 2, metainfo: contentOf(LARGE_METAINFO) }),
  ] as const
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
