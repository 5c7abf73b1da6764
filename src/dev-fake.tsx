import type { CreationSnapshot, EngineState } from './engine/model/engine-state.ts'
import type { InfoHash } from './engine/model/ids.ts'
import type { TorrentSnapshot } from './engine/model/torrent.ts'
import { installTrustedTypes } from './workers/page/trusted-types.ts'
import { renderApp } from './ui/app.tsx'
import { makeFakeEngine } from './ui/fake/fake-engine.ts'
import { fakeOrphans } from './ui/fake/fake-keeping.ts'
import { fakeOverlay, type FakeNetwork } from './ui/fake/fake-overlay.ts'
import { makeFakeSaveOut } from './ui/fake/fake-save-out.ts'
import { privateTorrents } from './ui/fake/fake-privacy.ts'
import { everyKindOfTorrent, goodDay, manyTorrents } from './ui/fake/fake-torrents.ts'

/*
 * The page on an engine that only pretends: `npm run dev:fake`, then `fake.html` with
 * `?empty`, `?good`, `?newer`, `?private`, `?evictable`, `?many`, `?creating`, `?trouble`, `?cut-off`, `?memory`, `?insecure`, `?waiting`, `?starting`,
 * `?lost`, `?version` or `?bug`.
 */

installTrustedTypes(new URL(location.href), import.meta.env.DEV)

const asked = new URLSearchParams(location.search)
const client = makeFakeEngine(stateAsked(), {
  orphans: asked.has('empty') || asked.has('good') ? [] : fakeOrphans(),
  network: networkAsked(),
})

if (asked.has('trouble')) {
  setTimeout(() => {
    client.trouble(null, { kind: 'storage/full', needed: 4.2e9, available: 1.1e9 })
  }, 300)
}

const root = document.getElementById('app')
if (root !== null) renderApp(root, { client, saveOut: makeFakeSaveOut(), isLastTab: () => true })

function stateAsked(): Partial<EngineState> {
  const storage = {
    kind: asked.has('memory') ? ('memory' as const) : ('opfs' as const),
    usedBytes: asked.has('empty') ? 0 : 7.6e9,
    quotaBytes: 58e9,
    persisted: !asked.has('evictable'),
    asked: true,
    remembers: !asked.has('forgetful'),
  }
  return { storage, overlay: fakeOverlay(networkAsked()), ...broken(), ...torrentsAsked() }
}

function networkAsked(): FakeNetwork {
  if (asked.has('cut-off')) return 'broken'
  return asked.has('empty') ? 'none' : 'full'
}

function broken(): Partial<EngineState> {
  if (asked.has('waiting')) return { engine: { name: 'waiting' } }
  if (asked.has('starting')) return { engine: { name: 'starting' } }
  if (asked.has('insecure')) {
    return { engine: { name: 'failed', error: { kind: 'engine/insecure-context' } } }
  }
  if (asked.has('lost')) return { engine: { name: 'failed', error: { kind: 'engine/lost' } } }
  if (asked.has('version')) {
    return { engine: { name: 'failed', error: { kind: 'engine/version', page: 'b', worker: 'a' } } }
  }
  if (asked.has('bug')) {
    const cause = { name: 'TypeError', message: 'handle is not a function' }
    return { engine: { name: 'failed', error: { kind: 'engine/bug', cause } } }
  }
  return {}
}

function torrentsAsked(): Partial<EngineState> {
  if (asked.has('empty')) return {}
  const now = Date.now()
  const torrents = asked.has('many')
    ? manyTorrents(10_000, now)
    : asked.has('good')
      ? goodDay(now)
      : asked.has('newer')
        ? goodDay(now).map(ofNewer)
        : asked.has('private')
          ? privateTorrents(now)
          : everyKindOfTorrent(now)
  return { torrents: byInfoHash(torrents), creating: asked.has('creating') ? creating() : {} }
}

/** As a torrent is that a newer version of the app wrote. */
function ofNewer(torrent: TorrentSnapshot): TorrentSnapshot {
  const from = { name: 'checking', checkedPieces: 0 } as const
  return {
    ...torrent,
    phase: { name: 'paused', from, why: 'storage' },
    downRate: 0,
    upRate: 0,
    peerCount: 0,
    trouble: { kind: 'storage/newer' },
  }
}

function byInfoHash(torrents: readonly TorrentSnapshot[]): Record<InfoHash, TorrentSnapshot> {
  return Object.fromEntries(torrents.map((torrent) => [torrent.infoHash, torrent]))
}

function creating(): Record<string, CreationSnapshot> {
  return {
    a: { id: 'a', name: 'Choir rehearsal', step: 'hashing', doneBytes: 310e6, totalBytes: 840e6 },
    b: { id: 'b', name: 'notes.pdf and 4 more', step: 'copying', doneBytes: 9e6, totalBytes: 12e6 },
  }
}
