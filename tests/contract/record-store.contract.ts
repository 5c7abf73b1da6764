import { expect } from 'chai'
import {
  NO_PRIORITIES,
  type JournalPage,
  type RecordStore,
  type TorrentRecord,
} from '../../src/engine/contracts/record-store.ts'
import { NO_LIMITS } from '../../src/engine/model/torrent.ts'
import type { InfoHash } from '../../src/engine/model/ids.ts'
import type { SealedPage } from '../../src/engine/storage/journal-page.ts'
import type { ContractCase } from './contract-case.ts'
import { contentOf } from './torrent-content.ts'

export interface RecordStoreSetup {
  /** Records on a device that remembers none. */
  readonly records: RecordStore
  /** The same device as a later visit finds it. */
  readonly again: () => Promise<RecordStore>
  /** Puts something where a torrent's record would be, past the store; it has an `infoHash`. */
  readonly plantTorrent: (stored: { readonly infoHash: string }) => Promise<void>
  readonly plantSettings: (stored: unknown) => Promise<void>
  /** Changes what lies where the page of this torrent is. */
  readonly spoilPage: (infoHash: string, spoil: (sealed: SealedPage) => unknown) => Promise<void>
}

/** What every `RecordStore` promises. */
export const recordStoreCases: ReadonlyArray<ContractCase<RecordStoreSetup>> = [
  {
    name: 'remembers nothing at first',
    async run({ records }) {
      expect(await records.torrents()).to.deep.equal({ records: [], unreadable: 0 })
      expect(await records.settings()).to.deep.equal({})
    },
  },
  {
    name: 'a later visit finds every field as it was',
    async run({ records, again }) {
      const record = aRecord({ metainfo: contentOf(100_000) })
      const plain = aRecord({
        infoHash: OTHER,
        protocol: 'http',
        metainfo: null,
        addedAt: 2,
        http: { url: 'https://x.test/f', length: 5, keptBytes: 3, validator: '"tag"' },
      })
      await records.putTorrent(record)
      await records.putTorrent(plain)
      records.close()

      const found = await (await again()).torrents()

      expect(found).to.deep.equal({ records: [record, plain], unreadable: 0 })
    },
  },
  {
    name: 'torrents come oldest first',
    async run({ records }) {
      for (const [infoHash, addedAt] of [
        [FIRST, 3],
        [OTHER, 1],
        [THIRD, 2],
      ] as const) {
        await records.putTorrent(aRecord({ infoHash, addedAt }))
      }

      const found = await records.torrents()

      expect(found.records.map((record) => record.infoHash)).to.deep.equal([OTHER, THIRD, FIRST])
    },
  },
  {
    name: 'a record that is put again replaces the one before',
    async run({ records }) {
      await records.putTorrent(aRecord({ paused: false }))

      await records.putTorrent(aRecord({ paused: true }))

      const found = await records.torrents()
      expect(found.records.map(({ paused }) => paused)).to.deep.equal([true])
    },
  },
  {
    name: 'a removed record is gone, and removing what is not there is no error',
    async run({ records, again }) {
      await records.putTorrent(aRecord({ infoHash: FIRST }))
      await records.putTorrent(aRecord({ infoHash: OTHER }))

      await records.removeTorrent(FIRST)
      await records.removeTorrent(THIRD)

      const found = await (await again()).torrents()
      expect(found.records.map((record) => record.infoHash)).to.deep.equal([OTHER])
    },
  },
  {
    name: 'what is done to a record after it was put, or read, is not remembered',
    async run({ records }) {
      const record = aRecord({ metainfo: contentOf(10) })
      await records.putTorrent(record)

      record.metainfo!.fill(0)
      const before = await records.torrents()
      before.records[0]!.metainfo!.fill(0)

      const after = await records.torrents()
      expect(after.records[0]!.metainfo).to.deep.equal(contentOf(10))
    },
  },
  {
    name: 'a record that cannot be read is left out, counted, and hides no other',
    async run({ records, plantTorrent }) {
      await records.putTorrent(aRecord({ infoHash: FIRST }))
      await plantTorrent({ infoHash: 'not a hash' })
      await plantTorrent({ ...aRecord({ infoHash: OTHER }), trackers: 'wss://x.test' } as never)
      await plantTorrent({ ...aRecord({ infoHash: THIRD }), policy: { name: 'open' } } as never)

      const found = await records.torrents()

      expect(found.records.map((record) => record.infoHash)).to.deep.equal([FIRST])
      expect(found.unreadable).to.equal(3)
    },
  },
  {
    name: 'a field that a later version added is dropped, not the record',
    async run({ records, plantTorrent }) {
      await plantTorrent({ ...aRecord({}), mood: 'good' } as never)

      expect(await records.torrents()).to.deep.equal({ records: [aRecord({})], unreadable: 0 })
    },
  },
  {
    name: 'a record that is written again keeps its metainfo, and takes a new one',
    async run({ records, again }) {
      const metainfo = contentOf(100_000)
      await records.putTorrent(aRecord({ metainfo }))
      await records.putTorrent(aRecord({ metainfo, paused: true }))
      const second = await again()
      const found = await second.torrents()
      expect(found.records).to.deep.equal([aRecord({ metainfo, paused: true })])

      await second.putTorrent({ ...found.records[0]!, paused: false })
      expect((await second.torrents()).records).to.deep.equal([aRecord({ metainfo })])
      await second.putTorrent(aRecord({ metainfo: contentOf(10, 2) }))
      await second.removeTorrent(OTHER)

      const last = await (await again()).torrents()
      expect(last.records).to.deep.equal([aRecord({ metainfo: contentOf(10, 2) })])
    },
  },
  {
    name: 'the last page of the journal is found, of each torrent its own',
    async run({ records, again }) {
      await records.putPage(aPage({ sequence: 1 }))
      await records.putPage(aPage({ sequence: 2, pieces: new Uint8Array([0xff, 0x80]) }))
      await records.putPage(aPage({ infoHash: OTHER, pending: new Uint8Array() }))

      const found = await (await again()).journal()

      expect([...found]).to.have.deep.members([
        [FIRST, aPage({ sequence: 2, pieces: new Uint8Array([0xff, 0x80]) })],
        [OTHER, aPage({ infoHash: OTHER, pending: new Uint8Array() })],
      ])
    },
  },
  {
    name: 'a page whose torrent was removed is gone',
    async run({ records }) {
      await records.putTorrent(aRecord({}))
      await records.putPage(aPage({}))

      await records.removeTorrent(FIRST)

      expect([...(await records.journal())]).to.deep.equal([])
    },
  },
  {
    name: 'a page with a bit that flipped, wherever, is told from one that is not there',
    async run({ records, spoilPage }) {
      const spoils: ReadonlyArray<(sealed: SealedPage) => unknown> = [
        (sealed) => ({ ...sealed, pieces: flipped(sealed.pieces) }),
        (sealed) => ({ ...sealed, pending: flipped(sealed.pending) }),
        (sealed) => ({ ...sealed, checksum: flipped(sealed.checksum) }),
        (sealed) => ({ ...sealed, sequence: sealed.sequence + 1 }),
        (sealed) => ({ ...sealed, epoch: sealed.epoch + 1 }),
        (sealed) => ({ ...sealed, infoHash: OTHER }),
        (sealed) => ({ ...sealed, pieces: sealed.pieces.slice(1) }),
        (sealed) => ({ ...sealed, checksum: new Uint8Array() }),
        ({ pieces, pending, ...sealed }) => ({
          ...sealed,
          pieces: new Uint8Array([...pieces, ...pending]),
          pending: new Uint8Array(),
        }),
        () => 'nothing of the kind',
        () => null,
      ]
      for (const spoil of spoils) {
        await records.putPage(aPage({}))
        await spoilPage(FIRST, spoil)

        expect([...(await records.journal())]).to.deep.equal([[FIRST, null]])
      }
    },
  },
  {
    name: 'who opens later takes over: what the one before writes is refused, and not written',
    async run({ records, again }) {
      await records.putTorrent(aRecord({}))
      await records.putPage(aPage({}))
      const later = await again()

      const refused = [
        await records.putTorrent(aRecord({ paused: true })),
        await records.removeTorrent(FIRST),
        await records.putPage(aPage({ sequence: 9 })),
        await records.putSettings({ downLimit: 1 }),
      ]

      expect(later.epoch).to.be.above(records.epoch)
      for (const one of refused) {
        expect(one).to.deep.equal({ ok: false, error: { kind: 'engine/held-elsewhere' } })
      }
      expect((await later.torrents()).records).to.deep.equal([aRecord({})])
      expect((await later.journal()).get(FIRST)).to.deep.equal(aPage({}))
      expect(await later.settings()).to.deep.equal({})
      expect(await later.putTorrent(aRecord({ paused: true }))).to.deep.include({ ok: true })
    },
  },
  {
    name: 'of many who open at once one writes',
    async run({ again }) {
      const all = await Promise.all([again(), again(), again(), again()])

      const written = await Promise.all(all.map((one) => one.putTorrent(aRecord({}))))

      expect(new Set(all.map(({ epoch }) => epoch))).to.have.property('size', 4)
      expect(written.filter(({ ok }) => ok)).to.have.lengthOf(1)
    },
  },
  {
    name: 'settings are remembered change by change',
    async run({ records, again }) {
      await records.putSettings({ downLimit: 1000, maxConnections: 10 })
      await records.putSettings({ downLimit: null, trackers: ['wss://x.test'] })

      const found = await (await again()).settings()

      expect(found).to.deep.equal({
        downLimit: null,
        maxConnections: 10,
        trackers: ['wss://x.test'],
      })
    },
  },
  {
    name: 'two changes of settings at once are both remembered',
    async run({ records }) {
      await Promise.all([
        records.putSettings({ downLimit: 1 }),
        records.putSettings({ upLimit: 2 }),
      ])

      expect(await records.settings()).to.deep.equal({ downLimit: 1, upLimit: 2 })
    },
  },
  {
    name: 'a setting that is no longer one is left out, and the next change heals it',
    async run({ records, plantSettings }) {
      await plantSettings({ downLimit: -5, upLimit: 7, maxConnections: 'many', mood: 'good' })

      expect(await records.settings()).to.deep.equal({ upLimit: 7 })
      await records.putSettings({ downLimit: 5 })
      expect(await records.settings()).to.deep.equal({ downLimit: 5, upLimit: 7 })
    },
  },
  {
    name: 'settings that are nothing of the kind are no settings',
    async run({ records, plantSettings }) {
      for (const stored of [null, 'text', 5, [1, 2]]) {
        await plantSettings(stored)
        expect(await records.settings()).to.deep.equal({})
      }
    },
  },
]

/** A torrent that was added at 1 and has everything a record may have, but for what is said. */
export function aRecord(parts: Partial<TorrentRecord>): TorrentRecord {
  return {
    infoHash: FIRST,
    protocol: 'bittorrent',
    name: 'A film',
    metainfo: new Uint8Array([1, 2, 3]),
    trackers: ['wss://tracker.test'],
    webSeeds: ['https://seed.test/'],
    policy: { name: 'private', sources: ['overlay'] },
    wanted: ['film/a.mp4'],
    selected: [0, 2],
    paused: false,
    addedAt: 1,
    completedAt: null,
    downBytes: 4,
    upBytes: 5,
    http: null,
    place: { kind: 'own' },
    deliverTo: null,
    delivered: [],
    priorities: NO_PRIORITIES,
    limits: NO_LIMITS,
    ...parts,
  }
}

/** Ten pieces: three are good, two are on order. */
function aPage(parts: Partial<JournalPage>): JournalPage {
  return {
    infoHash: FIRST,
    sequence: 7,
    pieces: new Uint8Array([0xe0, 0x00]),
    pending: new Uint8Array([0x18, 0x00]),
    ...parts,
  }
}

function flipped(bytes: Uint8Array): Uint8Array {
  return bytes.with(0, bytes[0]! ^ 0x10)
}

// Each is 40 hex digits.
const FIRST = '0000000000000000000000000000000000000001' as InfoHash
const OTHER = '0000000000000000000000000000000000000002' as InfoHash
const THIRD = '0000000000000000000000000000000000000003' as InfoHash
