import { expect, test } from 'vitest'
import { makeMemoryPieceStores } from '../../../src/engine/adapters/memory-piece-store.ts'
import { makeBitTorrentHandler } from '../../../src/engine/bittorrent-handler.ts'
import type { TorrentRecord } from '../../../src/engine/contracts/record-store.ts'
import { parseInfoHash } from '../../../src/engine/magnet.ts'
import type { Metainfo } from '../../../src/engine/model/metainfo.ts'
import { ok } from '../../../src/engine/model/result.ts'
import { DEFAULT_SETTINGS, type Settings } from '../../../src/engine/model/settings.ts'
import { PRIVATE, PUBLIC, type SwarmPolicy } from '../../../src/engine/model/swarm-policy.ts'
import { encodeMetainfo } from '../../../src/engine/parse-metainfo.ts'
import { makeTorrents, type Torrent } from '../../../src/engine/torrents.ts'
import { aTorrent as aSnapshot } from '../../support/a-torrent.ts'
import { aTorrent } from '../../support/metainfo-fixtures.ts'
import { privateSwarms } from '../../support/private-swarms.ts'

const HEX = 'ab'.repeat(20)
const OWN = 'wss://own.example/announce'
const NAMED = [
  `tr=${encodeURIComponent('wss://a.example/announce')}`,
  `tr=${encodeURIComponent('udp://b.example:80')}`,
  `ws=${encodeURIComponent('https://seed.example/f')}`,
  'xs=https://elsewhere.example/t',
  'x.pe=192.0.2.1:6881',
].join('&')
const CLOSED: SwarmPolicy = { name: 'private', sources: ['invite'] }
const NEVER = new AbortController().signal

function handlerWith(changes: Partial<Settings> = {}) {
  const settings = { ...DEFAULT_SETTINGS, ...changes }
  const torrents = makeTorrents()
  const records: TorrentRecord[] = []
  /** What any network was asked for. */
  const asked: string[] = []
  let metainfo: Metainfo | null = null
  const swarms = privateSwarms()
  const handler = makeBitTorrentHandler({
    fetch: (url) => {
      asked.push(String(url))
      return Promise.reject(new TypeError('no network here'))
    },
    torrents,
    stores: makeMemoryPieceStores(),
    ownTracker: OWN,
    pageHost: 'app.example',
    settings: () => settings,
    makeTorrent({ record }) {
      records.push(record)
      const { infoHash, policy } = record
      // As much of a torrent as the handler asks of one that is in the list.
      return {
        infoHash,
        snapshot: () => aSnapshot({ infoHash, policy }),
        metainfo: () => record.metainfo,
        magnet: () => '',
      } as unknown as Torrent
    },
    async resolve(infoHash, trackers) {
      asked.push(...trackers, infoHash)
      return ok(metainfo!)
    },
    endResolve: async () => {},
    onCreation() {},
    privates: async () => swarms,
  })
  const knows = (known: Metainfo) => (metainfo = known)
  const add = (uri: string, policy?: SwarmPolicy) =>
    handler.download({ from: 'magnet', uri }, policy === undefined ? {} : { policy })
  const look = (uri: string) => handler.preview({ from: 'magnet', uri }, NEVER)
  return { handler, records, asked, knows, add, look, torrents }
}

const PLAIN = `magnet:?xt=urn:btih:${HEX}&dn=Plain&${NAMED}`
const CLOSED_LINK = `${PLAIN}&x.priv=1`

test.each<[string, string, Partial<Settings>, SwarmPolicy | undefined, SwarmPolicy]>([
  ['nothing said', PLAIN, {}, undefined, PUBLIC],
  ['the person chose', PLAIN, {}, CLOSED, CLOSED],
  ['the settings say', PLAIN, { defaultPolicy: CLOSED }, undefined, CLOSED],
  ['the person chose otherwise', PLAIN, { defaultPolicy: CLOSED }, PUBLIC, PUBLIC],
  ['the link says', CLOSED_LINK, {}, undefined, PRIVATE],
  ['the link says, the settings how', CLOSED_LINK, { defaultPolicy: CLOSED }, undefined, CLOSED],
  ['only private ones may be', PLAIN, { privateOnly: true }, undefined, PRIVATE],
])('%s: the policy is known before anybody is asked', async (_name, uri, settings, chosen, is) => {
  const { add, records, asked } = handlerWith(settings)

  expect((await add(uri, chosen)).ok).toBe(true)
  expect(records.map(({ policy }) => policy)).toEqual([is])
  expect(asked).toEqual([])
})

test('a private link is not joined as a public one, whoever says so', async () => {
  const { add, records } = handlerWith()

  expect(await add(CLOSED_LINK, PUBLIC)).toMatchObject({ error: { kind: 'policy/contradiction' } })
  expect(records).toEqual([])
})

test('while only private ones may be, a public one is refused before its URL is asked for', async () => {
  const { handler, add, asked, records } = handlerWith({ privateOnly: true })
  const source = { from: 'url', url: 'https://a.example/x.torrent' } as const

  expect(await add(PLAIN, PUBLIC)).toEqual({ ok: false, error: { kind: 'policy/private-only' } })
  expect(await handler.download(source, { policy: PUBLIC })).toEqual({
    ok: false,
    error: { kind: 'policy/private-only' },
  })
  expect(await handler.seed('id', [], { policy: PUBLIC }, NEVER)).toEqual({
    ok: false,
    error: { kind: 'policy/private-only' },
  })
  expect(asked).toEqual([])
  expect(records).toEqual([])
})

test('a look at a private link asks nobody, and says what is not used', async () => {
  const { look, asked } = handlerWith()

  const preview = await look(CLOSED_LINK)

  expect(preview).toMatchObject({
    value: {
      name: 'Plain',
      files: [],
      trackers: [],
      webSeeds: [],
      policy: PRIVATE,
      unused: { trackers: 2, webSeeds: 1, others: 2 },
    },
  })
  expect(asked).toEqual([])
})

test('a look at a public link asks its trackers and ours, and leaves nothing unsaid', async () => {
  const { look, asked, knows } = handlerWith()
  const { metainfo } = await aTorrent({ 'a.bin': 1000 })
  knows(metainfo)

  const preview = await look(PLAIN)

  expect(asked).toEqual(['wss://a.example/announce', OWN, HEX])
  expect(preview).toMatchObject({ value: { policy: PUBLIC, files: [{ path: 'a.bin' }] } })
  expect(preview.ok && preview.value).not.toHaveProperty('unused')
})

test.each([
  ['with the flag', true],
  ['without it', false],
])('a .torrent %s, added as private, uses none of its trackers and web seeds', async (_n, flag) => {
  const { handler, records } = handlerWith({ defaultPolicy: CLOSED })
  const { metainfo } = await aTorrent({ 'a.bin': 1000 }, { private: flag })
  const bytes = encodeMetainfo({
    info: metainfo.info,
    trackers: ['wss://a.example/announce', 'wss://b.example/announce'],
    webSeeds: ['https://seed.example/f'],
  })

  const preview = await handler.preview({ from: 'metainfo', bytes }, NEVER)
  await handler.download({ from: 'metainfo', bytes }, {})

  expect(preview).toMatchObject({
    value: {
      trackers: [],
      webSeeds: [],
      policy: CLOSED,
      unused: { trackers: 2, webSeeds: 1, others: 0 },
    },
  })
  expect(records[0]?.policy).toEqual(CLOSED)
})

test("a torrent with BEP 27's flag, added as public, has the trackers of its makers and no others", async () => {
  const { handler, records } = handlerWith()
  const { metainfo } = await aTorrent({ 'a.bin': 1000 }, { private: true })
  const bytes = encodeMetainfo({ info: metainfo.info, trackers: ['wss://a.example/announce'] })

  await handler.download({ from: 'metainfo', bytes }, {})

  expect(records[0]).toMatchObject({ policy: PUBLIC, trackers: ['wss://a.example/announce'] })
})

test('what is public here is not called private because somebody asks for it', async () => {
  const { add, records } = handlerWith()
  await add(PLAIN)

  const again = await add(PLAIN, CLOSED)

  expect(again).toMatchObject({ error: { kind: 'policy/contradiction' } })
  expect(await add(PLAIN)).toMatchObject({
    error: { kind: 'input/duplicate', infoHash: parseInfoHash(HEX) },
  })
  expect(records).toHaveLength(1)
})

test('what is made as private carries the flag and names no tracker, not even ours', async () => {
  const { handler, records } = handlerWith()
  const file = new File([new Uint8Array(1000)], 'a.bin')

  const seeded = await handler.seed('id', [{ path: 'a.bin', file }], { policy: CLOSED }, NEVER)

  if (!seeded.ok) expect.unreachable(seeded.error.kind)
  else {
    const text = new TextDecoder('latin1').decode(seeded.value.torrentFile)
    expect(text).toContain('7:privatei1e')
    expect(text).not.toContain('announce')
    expect(text).not.toContain('own.example')
  }
  expect(records[0]?.policy).toEqual(CLOSED)
})
