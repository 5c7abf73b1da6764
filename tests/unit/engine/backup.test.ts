import { encode } from 'cborg'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readBackup, writeBackup } from '../../../src/engine/backup.ts'
import type { TorrentRecord } from '../../../src/engine/contracts/record-store.ts'
import { idOfUrl } from '../../../src/engine/http-handler.ts'
import { encodeMetainfo, parseMetainfo } from '../../../src/engine/parse-metainfo.ts'
import { aRecord } from '../../contract/record-store.contract.ts'
import { torrentBytes } from '../../support/metainfo-fixtures.ts'

const HOST = 'app.example:8443'
const SETTINGS = { downLimit: 500_000, uploadSlots: 3 }

/** A file as somebody might make it: a header and whatever comes after. */
function file(content: unknown, header = 'chiral-backup/1\n'): Uint8Array<ArrayBuffer> {
  return raw(encode(content), header)
}
function raw(body: Uint8Array, header = 'chiral-backup/1\n'): Uint8Array<ArrayBuffer> {
  return new Uint8Array([...new TextEncoder().encode(header), ...body])
}

/** A list of this many lists that are empty: a byte each on the disk, much more in memory. */
function emptyLists(amount: number): Uint8Array<ArrayBuffer> {
  const head = file({ settings: {}, torrents: [] }).slice(0, -1)
  const bytes = new Uint8Array(head.length + 5 + amount).fill(0x80)
  bytes.set(head)
  new DataView(bytes.buffer).setUint8(head.length, 0x9a)
  new DataView(bytes.buffer).setUint32(head.length + 1, amount)
  return bytes
}

/** A record that is sound in itself: with its own metainfo, and URLs on the public internet. */
async function soundRecord(changes: Partial<TorrentRecord> = {}): Promise<TorrentRecord> {
  const parsed = await parseMetainfo(torrentBytes())
  if (!parsed.ok) throw new Error('the fixture is sound')
  return aRecord({
    infoHash: parsed.value.infoHash,
    metainfo: encodeMetainfo({ info: parsed.value.info }),
    trackers: ['wss://tracker.example.org/announce'],
    webSeeds: ['https://files.example.org/a.txt'],
    ...changes,
  })
}

async function torrentsOf(entries: readonly unknown[]): Promise<readonly TorrentRecord[]> {
  const read = await readBackup(file({ settings: {}, torrents: entries }), HOST)
  if (!read.ok) throw new Error('the file itself is sound')
  return read.value.torrents
}

test('what was written is read back', async () => {
  const one = await soundRecord({
    limits: { down: 100_000, up: 0 },
    priorities: { high: ['a.txt'], low: ['b.txt'] },
  })
  const other = aRecord({ metainfo: null, name: 'by its hash', trackers: [], webSeeds: [] })

  const read = await readBackup(writeBackup({ settings: SETTINGS, torrents: [one, other] }), HOST)

  expect(read).toEqual({
    ok: true,
    value: { settings: SETTINGS, torrents: [one, other], unreadable: 0 },
  })
})

test('the app’s own tracker stays, wherever the page is', async () => {
  const trackers = ['ws://app.example:8443/announce']

  const [read] = await torrentsOf([await soundRecord({ trackers })])

  expect(read?.trackers).toEqual(trackers)
})

test('a download by URL comes back, and begins anew', async () => {
  const url = 'https://files.example.org/atlas.zip'
  const http = { url, length: 9, keptBytes: 7, validator: '"abc"' }
  const infoHash = await idOfUrl(url)
  const record = aRecord({ protocol: 'http', infoHash, metainfo: null, http })

  const [read] = await torrentsOf([record])

  expect(read?.http).toEqual({ url, length: null, keptBytes: 0, validator: null })
  expect(read?.infoHash).toBe(infoHash)
})

test('handles of picked files stay behind', async () => {
  // By its shape, as the reader tells them, too.
  const handle = { kind: 'file' } as FileSystemFileHandle
  const deliverTo = { kind: 'directory' } as FileSystemDirectoryHandle
  const files = [{ root: 0, names: [], length: 1, modifiedAt: 1 }]
  const place = { kind: 'picked', roots: [handle], files } as const
  const record = await soundRecord({ place, deliverTo })

  const read = await readBackup(writeBackup({ settings: {}, torrents: [record] }), HOST)

  expect(read).toMatchObject({
    ok: true,
    value: { torrents: [{ place: { kind: 'own' }, deliverTo: null }] },
  })
})

describe('a file from anywhere', () => {
  test.each([
    ['nothing', new Uint8Array()],
    ['text', new TextEncoder().encode('Dear all,\n')],
    ['version 0', file({ settings: {}, torrents: [] }, 'chiral-backup/0\n')],
    ['a header and nothing', raw(new Uint8Array())],
    ['what is no map', file([1, 2])],
    ['no list', file({ settings: {}, torrents: { length: 1 } })],
    ['arrays in arrays, a million deep', raw(new Uint8Array(1_000_000).fill(0x81))],
    ['an array that says it has four billion items', raw(Uint8Array.of(0x9a, 255, 255, 255, 255))],
    ['a map with a key twice', raw(Uint8Array.of(0xa2, 0x61, 97, 1, 0x61, 97, 2))],
    ['an array without end', raw(Uint8Array.of(0x9f, 0xff))],
    ['made of more items than any real one', emptyLists(2_100_000)],
  ])('that is %s is no backup', async (_, bytes) => {
    expect(await readBackup(bytes, HOST)).toEqual({
      ok: false,
      error: { kind: 'input/backup', reason: 'format' },
    })
  })

  test('of a newer version says so, whatever is in it', async () => {
    const bytes = raw(Uint8Array.of(1, 2, 3), 'chiral-backup/2\n')

    expect(await readBackup(bytes, HOST)).toEqual({
      ok: false,
      error: { kind: 'input/backup', reason: 'newer' },
    })
  })

  test('that was cut off anywhere is no backup', async () => {
    const whole = writeBackup({ settings: SETTINGS, torrents: [await soundRecord()] })

    for (let length = 0; length < whole.length; length++) {
      const read = await readBackup(whole.subarray(0, length), HOST)
      expect(read, `${length} bytes`).toMatchObject({ ok: false })
    }
  })

  test('with any byte changed is refused or gives records, and nothing throws', async () => {
    const whole = writeBackup({ settings: SETTINGS, torrents: [await soundRecord()] })
    const change = fc.record({ at: fc.nat(whole.length - 1), byte: fc.nat(255) })

    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 5 }), async (changes) => {
        const bytes = whole.slice()
        for (const { at, byte } of changes) bytes[at] = byte
        await readBackup(bytes, HOST)
      }),
      { numRuns: 300 },
    )
  })

  test('gives the entries that are torrents, and counts the others', async () => {
    const sound = await soundRecord()
    const { place: _place, deliverTo: _deliverTo, ...entry } = sound
    const entries = [entry, { ...entry, infoHash: 'x' }, null, 7, { ...entry, addedAt: -1 }]

    const read = await readBackup(file({ settings: {}, torrents: entries }), HOST)

    expect(read).toMatchObject({ ok: true, value: { torrents: [sound], unreadable: 4 } })
  })

  test('cannot make this page reach into the network it is in', async () => {
    const inside = 'https://192.168.1.1/admin'
    const infoHash = await idOfUrl(inside)
    const http = { url: inside, length: null, keptBytes: 0, validator: null }
    const record = await soundRecord({
      trackers: ['ws://10.0.0.1/announce', 'javascript:alert(1)', 'wss://tracker.example.org/'],
      webSeeds: ['http://localhost:9000/', 'https://files.example.org/'],
    })
    const { place: _place, deliverTo: _deliverTo, ...entry } = record
    const fetched = { ...entry, protocol: 'http', infoHash, metainfo: null, http }

    const read = await torrentsOf([entry, fetched])

    expect(read.map(({ trackers, webSeeds }) => ({ trackers, webSeeds }))).toEqual([
      { trackers: ['wss://tracker.example.org/'], webSeeds: ['https://files.example.org/'] },
    ])
  })

  test('cannot put the metainfo of one torrent under the name of another', async () => {
    const { place: _place, deliverTo: _deliverTo, ...entry } = await soundRecord()

    const [read] = await torrentsOf([{ ...entry, infoHash: 'b'.repeat(40) }])

    expect(read?.metainfo).toBeNull()
  })

  test('cannot set what is out of range, nor a time that is yet to come', async () => {
    const { place: _place, deliverTo: _deliverTo, ...entry } = await soundRecord()
    const torrents = [{ ...entry, addedAt: Date.now() + 1e9 }]
    const settings = { maxConnections: 9999, uploadSlots: 4, unknown: true }

    const read = await readBackup(file({ settings, torrents }), HOST)

    expect(read).toMatchObject({ ok: true, value: { settings: { uploadSlots: 4 } } })
    expect(read.ok && read.value.settings).toEqual({ uploadSlots: 4 })
    expect(read.ok && (read.value.torrents[0]?.addedAt ?? 0) <= Date.now()).toBe(true)
  })
})
