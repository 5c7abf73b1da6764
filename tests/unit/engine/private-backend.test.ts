import { expect, test } from 'vitest'
import type { InfoHash, PeerId } from '../../../src/engine/model/ids.ts'
import type { SourceCandidate } from '../../../src/engine/model/private-job.ts'
import type { MemberSnapshot } from '../../../src/engine/model/private-swarm.ts'
import { err, ok } from '../../../src/engine/model/result.ts'
import { DEFAULT_SETTINGS } from '../../../src/engine/model/settings.ts'
import { PRIVATE, PUBLIC, type SwarmPolicy } from '../../../src/engine/model/swarm-policy.ts'
import type {
  AddOptions,
  TorrentPreview,
  TorrentSource,
} from '../../../src/engine/model/torrent.ts'
import { makeNamedContent } from '../../../src/engine/named-content.ts'
import { makePrivateBackend } from '../../../src/engine/private-backend.ts'
import { makeTorrents, type Torrent } from '../../../src/engine/torrents.ts'
import { anInfoHash, aTorrent } from '../../support/a-torrent.ts'
import { ALICE, BOB } from '../../support/stream-pair.ts'

const HERE = anInfoHash('a')
const OTHER = anInfoHash('b')
const TRACKER = 'wss://tracker.example/announce'
const WEB_SEED = 'https://seed.example/f'
const MAGNET = `magnet:?xt=urn:btih:${HERE}&tr=${encodeURIComponent(TRACKER)}&ws=${encodeURIComponent(WEB_SEED)}`
const INVITE = { from: 'invite', link: 'https://app.example/#i=abc' } as const
const JOB = { id: 'album', contentId: 'mb:1', variants: [{ id: 'flac', source: MAGNET }] }
const NEVER = new AbortController().signal

interface World {
  readonly present?: ReadonlyArray<readonly [InfoHash, SwarmPolicy]>
  readonly members?: readonly PeerId[]
  readonly supported?: boolean
  readonly privateOnly?: boolean
}

function backendIn({ present = [], members = [], supported = true, privateOnly = false }: World) {
  const torrents = makeTorrents()
  const added: { source: unknown; options: AddOptions }[] = []
  for (const [infoHash, policy] of present) {
    // As much of a torrent as is asked of it.
    const torrent = { infoHash, snapshot: () => aTorrent({ infoHash, policy }) }
    torrents.put(torrent as unknown as Torrent)
  }
  const backend = makePrivateBackend({
    isSupported: () => supported,
    torrents,
    settings: () => ({ ...DEFAULT_SETTINGS, privateOnly }),
    async add(source, options) {
      if (torrents.has(HERE)) return err({ kind: 'input/duplicate', infoHash: HERE })
      added.push({ source, options })
      return ok(HERE)
    },
    members: async () =>
      // As much of a member as is asked of it.
      ok(members.map((peerId) => ({ peerId, self: false }) as MemberSnapshot)),
    invite: async () => ok('an invite'),
    named: makeNamedContent({
      fetch: () => Promise.reject(new TypeError('no network here')),
      preview: async (source) =>
        source.from === 'invite' && source.link === INVITE.link
          ? ok({ infoHash: HERE } as TorrentPreview)
          : err({ kind: 'input/invite', reason: 'expired' }),
    }),
    pageHost: 'app.example',
    ask: async () => null,
    log: { debug() {}, info() {}, warn() {}, error() {} },
  })
  return { backend, added }
}

const kinds = (found: readonly SourceCandidate[]) => found.map(({ provenance }) => provenance)
const found = async (world: World, content: TorrentSource | string, policy: SwarmPolicy | null) => {
  const { backend } = backendIn(world)
  const offered = await backend.offer(JOB, [])
  expect(offered.ok).toBe(true)
  const candidates = await backend.findCandidates(content, policy)
  if (!candidates.ok) return expect.unreachable(candidates.error.kind)
  return { backend, candidates: candidates.value }
}

test('a public torrent is offered from everywhere it is known', async () => {
  const { candidates } = await found({}, MAGNET, PUBLIC)

  expect(kinds(candidates)).toEqual(['allowlist', 'overlay', 'tracker', 'web-seed'])
  expect(candidates.map(({ from }) => from)).toEqual(['album', null, TRACKER, WEB_SEED])
})

test.each<[SwarmPolicy, readonly string[]]>([
  [PRIVATE, ['overlay-member', 'allowlist']],
  [{ name: 'private', sources: ['overlay'] }, ['overlay-member']],
  [{ name: 'private', sources: ['invite'] }, ['allowlist']],
  [{ name: 'private', sources: [] }, []],
])('a private one only from whom its policy takes: %j', async (policy, provenances) => {
  const world = { present: [[HERE, PRIVATE]] as const, members: [ALICE] }

  expect(kinds((await found(world, MAGNET, policy)).candidates)).toEqual(provenances)
})

test('while only private ones may run, nothing public is offered, whoever asks for it', async () => {
  const closed = { privateOnly: true }

  expect(kinds((await found(closed, MAGNET, PUBLIC)).candidates)).toEqual(['allowlist'])
  expect(kinds((await found(closed, MAGNET, null)).candidates)).toEqual(['allowlist'])
})

test('an invite, a content and a job are as good a name as an info hash', async () => {
  expect(kinds((await found({}, INVITE, PRIVATE)).candidates)).toEqual(['invite', 'allowlist'])
  expect(kinds((await found({}, 'mb:1', PRIVATE)).candidates)).toEqual(['allowlist'])
  expect(kinds((await found({}, 'album', PRIVATE)).candidates)).toEqual(['allowlist'])
})

test('what is offered is valid, and what only says so is not', async () => {
  const world = { present: [[HERE, PRIVATE]] as const, members: [ALICE] }
  const { backend, candidates } = await found(world, MAGNET, PRIVATE)
  const [member] = candidates
  const check = (changes: object) => backend.validateCandidate({ ...member, ...changes }, PRIVATE)

  for (const one of candidates) expect(await backend.validateCandidate(one, PRIVATE)).toBeNull()
  expect(await check({ from: BOB })).toBe('unproved')
  expect(await check({ provenance: 'invite', from: null })).toBe('unproved')
  expect(await check({ provenance: 'allowlist', from: 'another job' })).toBe('unproved')
  expect(await check({ provenance: 'tracker', from: TRACKER })).toBe('provenance-denied')
  expect(await check({ provenance: 'web-seed', from: WEB_SEED })).toBe('provenance-denied')
  expect(await check({ provenance: 'overlay', from: null })).toBe('provenance-denied')
  expect(await check({ provenance: 'friend' })).toBe('format')
  expect(await check({ infoHash: OTHER })).toBe('format')
  expect(await check({ source: { from: 'url', url: 'https://a.example/' } })).toBe('format')
  expect(await backend.validateCandidate(null, PRIVATE)).toBe('format')
})

test('a member that was removed, and a job that was withdrawn, prove nothing any more', async () => {
  const { candidates } = await found(
    { present: [[HERE, PRIVATE]], members: [ALICE] },
    MAGNET,
    PRIVATE,
  )
  const later = backendIn({ present: [[HERE, PRIVATE]] })

  for (const one of candidates) {
    expect(await later.backend.validateCandidate(one, PRIVATE)).toBe('unproved')
  }
})

test('a variant is joined as a private torrent, as its options say', async () => {
  const { backend, added } = backendIn({})

  const prepared = await backend.prepare(JOB, 'flac', { allowedPeerSources: 'inviteList' })

  expect(prepared).toEqual(ok(HERE))
  expect(added).toEqual([
    { source: MAGNET, options: { policy: { name: 'private', sources: ['invite'] } } },
  ])
})

test('what is there and private is as good; what is public stays public, and is refused', async () => {
  const there = backendIn({ present: [[HERE, PRIVATE]] }).backend
  const open = backendIn({ present: [[HERE, PUBLIC]] }).backend

  expect(await there.prepare(JOB, 'flac')).toEqual(ok(HERE))
  expect(await open.prepare(JOB, 'flac')).toMatchObject({ error: { kind: 'policy/contradiction' } })
})

test.each([
  ['options that contradict themselves', { privateOnly: true, disableDht: false }],
  ['options that ask for a public one', { privateOnly: false }],
])('%s are refused before anything is joined', async (_name, options) => {
  const { backend, added } = backendIn({})

  expect(await backend.prepare(JOB, 'flac', options)).toMatchObject({
    error: { kind: 'policy/contradiction' },
  })
  expect(await backend.fetch(HERE, options)).toMatchObject({
    error: { kind: 'policy/contradiction' },
  })
  expect(added).toEqual([])
})

test('only an info hash or a magnet is fetched by its name', async () => {
  const { backend, added } = backendIn({})

  expect(await backend.fetch('https://files.example/a.bin')).toMatchObject({ ok: false })
  expect(await backend.fetch('nonsense')).toMatchObject({ ok: false })
  expect(await backend.fetch(HERE)).toEqual(ok(HERE))
  expect(added).toHaveLength(1)
})

test('without an overlay or a disk nothing is prepared', async () => {
  const { backend, added } = backendIn({ supported: false })

  expect(backend.isSupported()).toBe(false)
  expect(await backend.prepare(JOB, 'flac')).toMatchObject({
    error: { kind: 'engine/unsupported' },
  })
  expect(added).toEqual([])
})

test.each([
  ['no variants', { ...JOB, variants: [] }],
  ['a variant twice', { ...JOB, variants: [JOB.variants[0], JOB.variants[0]] }],
  ['an empty name', { ...JOB, id: '' }],
  ['a long name', { ...JOB, id: 'x'.repeat(129) }],
  ['something else', 'album'],
])('a job with %s is none', async (_name, job) => {
  const { backend } = backendIn({})

  expect((await backend.prepare(job, 'flac')).ok).toBe(false)
  expect((await backend.offer(job, [])).ok).toBe(false)
  expect((await backend.offer(JOB, ['nobody'])).ok).toBe(false)
})

test('a peer that does not answer is said to be out of reach', async () => {
  const { backend } = backendIn({})
  const request = { jobId: 'a', variantId: 'b', contentId: '', reason: '' }

  expect(await backend.ask(ALICE, request, NEVER)).toMatchObject({
    error: { kind: 'overlay/dial', peer: ALICE },
  })
})
