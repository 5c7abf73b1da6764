import { emptyEngineState } from '../../src/engine/model/engine-state.ts'
import { err, ok } from '../../src/engine/model/result.ts'
import { DEFAULT_SETTINGS } from '../../src/engine/model/settings.ts'
import type { Answers } from '../../src/workers/worker/serve-calls.ts'

const unknown = async () => err({ kind: 'input/unknown-torrent' } as const)
const done = async () => ok(null)

/** What an engine without torrents answers, but for what the test is about. */
export function answersWith(changes: Partial<Answers>): Answers {
  return {
    'state.sync': async () => ok(emptyEngineState()),
    'torrent.preview': unknown,
    'torrent.add': unknown,
    'torrent.seed': unknown,
    'torrent.pause': done,
    'torrent.resume': done,
    'torrent.remove': done,
    'torrent.restore': done,
    'torrent.want': done,
    'torrent.handles': async () => ok([]),
    'storage.usage': async () => ok({ torrents: [], orphans: [] }),
    'storage.adopt': done,
    'storage.reclaim': done,
    'backup.export': unknown,
    'backup.import': unknown,
    'torrent.prioritise': done,
    'torrent.limit': done,
    'torrent.set-policy': done,
    'swarm.invite': unknown,
    'swarm.invites': async () => ok([]),
    'swarm.members': async () => ok([]),
    'swarm.allow': done,
    'swarm.revoke': done,
    'swarm.unlock': done,
    'backend.supported': async () => ok(true),
    'backend.prepare': unknown,
    'backend.fetch': unknown,
    'backend.offer': done,
    'backend.withdraw': done,
    'backend.ask': unknown,
    'backend.candidates': async () => ok([]),
    'backend.validate': async () => ok(null),
    'torrent.snapshot': async () => ok(null),
    'torrent.files': unknown,
    'torrent.peers': unknown,
    'torrent.trackers': unknown,
    'torrent.bitfield': unknown,
    'torrent.export': unknown,
    'torrent.magnet': unknown,
    'torrent.metainfo': unknown,
    'settings.get': async () => ok(DEFAULT_SETTINGS),
    'settings.change': async () => ok(DEFAULT_SETTINGS),
    'identity.get': unknown,
    'identity.rename': unknown,
    'identity.export': unknown,
    'identity.import': unknown,
    'identity.forget': unknown,
    'overlay.peers': async () => ok([]),
    'doctor.check': unknown,
    'doctor.report': unknown,
    'storage.grant': done,
    'engine.wake': done,
    'engine.stop': done,
    ...changes,
  }
}
