import type { EngineChange, EngineState, OrphanSnapshot } from '../../engine/model/engine-state.ts'
import { emptyEngineState } from '../../engine/model/engine-state.ts'
import type { EngineError } from '../../engine/model/errors.ts'
import type { FileIndex, InfoHash } from '../../engine/model/ids.ts'
import { err, ok, type Result } from '../../engine/model/result.ts'
import { DEFAULT_SETTINGS, type Settings } from '../../engine/model/settings.ts'
import type { TorrentPreview, TorrentSnapshot, TorrentSource } from '../../engine/model/torrent.ts'
import { SECOND, type Millis } from '../../engine/model/units.ts'
import type { ArgsOf, CallName, Notice, ValueOf } from '../../workers/protocol/control.ts'
import type { EngineClient } from '../../workers/protocol/engine-client.ts'
import { fakeDoctorAnswers } from './fake-doctor.ts'
import { fakeFiles, largeTree } from './fake-files.ts'
import { fakeKeeping } from './fake-keeping.ts'
import { fakeOverlayAnswers, type FakeNetwork } from './fake-overlay.ts'
import { fakePeers, fakeTrackers } from './fake-peers.ts'
import { fakeInvite, fakePrivacyAnswers } from './fake-privacy.ts'
import { fakeTorrent } from './fake-torrents.ts'

const TICK: Millis = SECOND / 2

/** As the worker's: every call has an answer. */
export type Answers = {
  readonly [N in CallName]: (
    args: ArgsOf<N>,
    signal: AbortSignal,
  ) => Promise<Result<ValueOf<N>, EngineError>>
}

export interface FakeEngine extends EngineClient {
  readonly state: () => EngineState
  /** Publishes as the engine would: one revision, these changes. */
  change(...changes: EngineChange[]): void
  trouble(infoHash: InfoHash | null, error: EngineError): void
}

/**
 * An engine that only pretends: torrents move, links have something inside, files hash. For
 * looking at the page; nothing of it is in the app's bundle.
 */
export function makeFakeEngine(
  first: Partial<EngineState>,
  made: { readonly orphans?: readonly OrphanSnapshot[]; readonly network?: FakeNetwork } = {},
): FakeEngine {
  let state: EngineState = { ...emptyEngineState(), engine: { name: 'running' }, ...first }
  let settings: Settings = DEFAULT_SETTINGS
  const listeners = new Set<(notice: Notice) => void>()
  const unwanted = new Map<InfoHash, ReadonlySet<FileIndex>>()

  const post = (notice: Notice) => {
    const copy = structuredClone(notice)
    for (const listener of listeners) listener(copy)
  }

  const change = (...changes: EngineChange[]) => {
    const torrents = { ...state.torrents }
    const creating = { ...state.creating }
    for (const next of changes) {
      if (next.type === 'torrent') torrents[next.torrent.infoHash] = next.torrent
      if (next.type === 'torrent-removed') delete torrents[next.infoHash]
      if (next.type === 'creation') creating[next.creation.id] = next.creation
      if (next.type === 'creation-ended') delete creating[next.id]
      if (next.type === 'engine') state = { ...state, engine: next.engine }
      if (next.type === 'storage') state = { ...state, storage: next.storage }
    }
    state = { ...state, torrents, creating, revision: state.revision + 1 }
    post({ type: 'state-changed', revision: state.revision, changes })
  }

  const update = (infoHash: InfoHash, changes: Partial<TorrentSnapshot>) => {
    const torrent = state.torrents[infoHash]
    if (torrent !== undefined) change({ type: 'torrent', torrent: { ...torrent, ...changes } })
  }

  const withTorrent = async <Value>(
    infoHash: InfoHash,
    answer: (torrent: TorrentSnapshot) => Value,
  ): Promise<Result<Value, EngineError>> => {
    const torrent = state.torrents[infoHash]
    return torrent === undefined ? err({ kind: 'input/unknown-torrent' }) : ok(answer(torrent))
  }

  const answers: Answers = {
    'state.sync': async () => ok(structuredClone(state)),

    'torrent.preview': async ({ source }, signal) => {
      const problem = problemOf(source)
      if (problem !== null) return err(problem)
      const link = linkOf(source)
      if (link?.includes('broken') === true) return err({ kind: 'input/invite', reason: 'format' })
      const quick = link !== null || typeof source !== 'string' || source.includes('quick')
      if (!quick)
        await after(typeof source === 'string' && source.includes('never') ? 1e9 : 4000, signal)
      return ok(previewOf(source, state))
    },

    'torrent.add': async ({ source, options }) => {
      const number = Object.keys(state.torrents).length + 100
      const known = typeof source !== 'string'
      const tree = largeTree()
      const wanted = options.paths ?? tree.map((file) => file.path)
      const torrent = fakeTorrent(number, Date.now(), {
        name: known ? 'Holiday pictures 2026' : source.slice(0, 60),
        addedAt: Date.now(),
        fileCount: known ? tree.length : 0,
        totalBytes: tree.reduce((sum, file) => sum + file.length, 0),
        wantedBytes: tree
          .filter((file) => wanted.includes(file.path))
          .reduce((sum, file) => sum + file.length, 0),
        phase: known ? { name: 'downloading', eta: null } : { name: 'resolving' },
        peerCount: known ? 2 : 0,
        downRate: known ? 8e6 : 0,
      })
      change({ type: 'torrent', torrent })
      return ok(torrent.infoHash)
    },

    'torrent.seed': async ({ id, files, options }, signal) => {
      const totalBytes = files.reduce((sum, { file }) => sum + file.size, 0)
      const name = options.name ?? files[0]?.path.split('/')[0] ?? 'Nothing'
      for (let step = 1; step <= 8; step++) {
        const doneBytes = (totalBytes * step) / 8
        change({
          type: 'creation',
          creation: { id, name, step: step < 6 ? 'hashing' : 'copying', doneBytes, totalBytes },
        })
        try {
          await after(250, signal)
        } finally {
          if (signal.aborted) change({ type: 'creation-ended', id })
        }
      }
      const torrent = fakeTorrent(Object.keys(state.torrents).length + 100, Date.now(), {
        name,
        addedAt: Date.now(),
        fileCount: files.length,
        totalBytes,
        haveBytes: totalBytes,
        phase: { name: 'seeding' },
      })
      change({ type: 'creation-ended', id }, { type: 'torrent', torrent })
      const { infoHash } = torrent
      return ok({ infoHash, magnet: magnetOf(torrent), torrentFile: new Uint8Array(0) })
    },

    'torrent.handles': async () => ok([]),
    ...fakeKeeping({ state: () => state, change, orphans: made.orphans ?? [] }),

    'torrent.pause': ({ infoHash }) =>
      withTorrent(infoHash, ({ phase }) => {
        if (phase.name === 'paused' || phase.name === 'failed') return null
        const paused = { name: 'paused', from: phase, why: 'person' } as const
        update(infoHash, { phase: paused, downRate: 0, upRate: 0, peerCount: 0 })
        return null
      }),
    'torrent.resume': ({ infoHash }) =>
      withTorrent(infoHash, ({ phase }) => {
        if (phase.name === 'paused' || phase.name === 'failed')
          update(infoHash, { phase: phase.from })
        return null
      }),
    'torrent.want': ({ infoHash, files }) =>
      withTorrent(infoHash, (torrent) => {
        const entries = fakeFiles(torrent)
        const left = entries.filter((entry) => !files.includes(entry.index))
        unwanted.set(infoHash, new Set(left.map((entry) => entry.index)))
        const wantedBytes = torrent.totalBytes - left.reduce((sum, entry) => sum + entry.length, 0)
        update(infoHash, { wantedBytes, haveBytes: Math.min(torrent.haveBytes, wantedBytes) })
        return null
      }),
    'torrent.prioritise': async () => ok(null),
    'torrent.limit': async ({ infoHash, limits }) =>
      withTorrent(infoHash, () => {
        update(infoHash, { limits })
        return null
      }),
    'torrent.set-policy': async () => ok(null),
    ...fakePrivacyAnswers(),
    'swarm.unlock': ({ infoHash, passphrase }) =>
      withTorrent(infoHash, ({ privacy }) => {
        if (privacy === undefined) return null
        const standing = passphrase.includes('wrong')
          ? ({ name: 'locked', wrong: true, again: null } as const)
          : ({ name: 'joining', asked: 1 } as const)
        update(infoHash, { privacy: { ...privacy, standing } })
        return null
      }),
    'backend.supported': async () => ok(false),
    'backend.prepare': async () => err({ kind: 'engine/unsupported', what: 'private swarms' }),
    'backend.fetch': async () => err({ kind: 'engine/unsupported', what: 'private swarms' }),
    'backend.offer': async () => ok(null),
    'backend.withdraw': async () => ok(null),
    'backend.ask': async () => err({ kind: 'engine/unsupported', what: 'private swarms' }),
    'backend.candidates': async () => ok([]),
    'backend.validate': async () => ok('unproved'),

    'torrent.snapshot': async ({ infoHash }) => ok(state.torrents[infoHash] ?? null),
    'torrent.files': ({ infoHash }) =>
      withTorrent(infoHash, (torrent) =>
        fakeFiles(torrent).map((entry) => ({
          ...entry,
          wanted: unwanted.get(infoHash)?.has(entry.index) !== true,
        })),
      ),
    'torrent.peers': ({ infoHash }) => withTorrent(infoHash, fakePeers),
    'torrent.trackers': ({ infoHash }) =>
      withTorrent(infoHash, (torrent) => fakeTrackers(torrent, Date.now())),
    'torrent.bitfield': async () => ok(new Uint8Array(0)),
    'torrent.export': ({ infoHash, file }) =>
      withTorrent(infoHash, (torrent) => {
        const name = fakeFiles(torrent)[file]?.path.split('/').pop() ?? 'file'
        return new File(['made up'], name)
      }),
    'torrent.magnet': ({ infoHash }) => withTorrent(infoHash, magnetOf),
    'torrent.metainfo': ({ infoHash }) => withTorrent(infoHash, () => null),

    'settings.get': async () => ok(settings),
    'settings.change': async ({ change }) => {
      if (change.relays?.some((address) => !/^(https?:\/\/|\/)/.test(address)) === true) {
        return err({ kind: 'input/address', of: 'relay', reason: 'form' })
      }
      settings = { ...settings, ...change }
      return ok(settings)
    },
    ...fakeOverlayAnswers(made.network ?? 'full', () => state),
    ...fakeDoctorAnswers(made.network ?? 'full'),
    'engine.wake': async () => ok(null),
    'engine.stop': async () => ok(null),
  }

  setInterval(() => {
    const moving = Object.values(state.torrents)
      .slice(0, 200)
      .map(moved)
      .filter((torrent) => torrent !== null)
    if (moving.length > 0) {
      change(...moving.map((torrent) => ({ type: 'torrent', torrent }) as const))
    }
  }, TICK)

  return {
    call: (name, args, options) =>
      answers[name](args, options?.signal ?? new AbortController().signal),
    onNotice(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    state: () => state,
    change,
    trouble: (infoHash, error) => post({ type: 'trouble', infoHash, error }),
  }
}

/** A torrent half a second later; null when nothing about it moves. */
function moved(torrent: TorrentSnapshot): TorrentSnapshot | null {
  const { phase } = torrent
  const sway = 0.92 + Math.random() * 0.16
  if (phase.name === 'seeding' && torrent.upRate > 0) {
    const upBytes = torrent.upBytes + (torrent.upRate * TICK) / SECOND
    return { ...torrent, upBytes, upRate: torrent.upRate * sway }
  }
  if (phase.name !== 'downloading' || torrent.downRate === 0) return null
  const step = (torrent.downRate * TICK) / SECOND
  const haveBytes = Math.min(torrent.wantedBytes, torrent.haveBytes + step)
  const done = haveBytes >= torrent.wantedBytes
  return {
    ...torrent,
    haveBytes,
    downBytes: torrent.downBytes + step,
    downRate: done ? 0 : Math.max(1e6, torrent.downRate * sway),
    completedAt: done ? Date.now() : null,
    phase: done
      ? { name: 'seeding' }
      : {
          name: 'downloading',
          eta: ((torrent.wantedBytes - haveBytes) / torrent.downRate) * SECOND,
        },
  }
}

function previewOf(source: TorrentSource | string, state: EngineState): TorrentPreview {
  const text = typeof source === 'string' ? source : ''
  const known = Object.values(state.torrents)[0]
  const files = largeTree()
  const link = linkOf(source)
  const infoHash = (text.includes('present') ? known : undefined)?.infoHash
  return {
    infoHash: infoHash ?? fakeTorrent(999, 0, {}).infoHash,
    name: 'Holiday pictures 2026',
    protocol: 'bittorrent',
    files,
    totalBytes: files.reduce((sum, file) => sum + file.length, 0),
    pieceLength: 1 << 20,
    trackers: ['wss://relay.example/announce'],
    webSeeds: [],
    comment: text.includes('comment') ? 'From our two weeks in the north.' : null,
    selected: null,
    ...(link === null ? {} : { invite: fakeInvite(link), totalBytes: 2.34e9 }),
    present: infoHash !== undefined,
    source: typeof source === 'string' ? { from: 'magnet', uri: source } : source,
    options: {},
  }
}

function linkOf(source: TorrentSource | string): string | null {
  if (typeof source === 'string') return source.includes('#i=') ? source : null
  return source.from === 'invite' ? source.link : null
}

function problemOf(source: TorrentSource | string): EngineError | null {
  if (typeof source !== 'string') return null
  if (source.trim() === '') return { kind: 'input/source', reason: 'empty' }
  if (source.includes('404')) return { kind: 'http/status', url: source, status: 404 }
  if (source.startsWith('magnet:') || /^https?:/.test(source)) return null
  return /^[0-9a-f]{40}$/i.test(source) ? null : { kind: 'input/source', reason: 'unknown' }
}

function magnetOf(torrent: TorrentSnapshot): string {
  const tracker = encodeURIComponent('wss://relay.example/announce')
  return `magnet:?xt=urn:btih:${torrent.infoHash}&dn=${encodeURIComponent(torrent.name)}&tr=${tracker}`
}

function after(delay: Millis, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, Math.min(delay, 2 ** 31 - 1))
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      // An abort's reason is whatever its caller made of it.
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
      reject(signal.reason)
    })
  })
}
