import type { Engine } from '../../engine/engine.ts'
import { isPeerId } from '../../engine/model/ids.ts'
import { err, ok, type Result } from '../../engine/model/result.ts'
import type { EngineError } from '../../engine/model/errors.ts'
import type { Answers } from './serve-calls.ts'
import type { StatePublisher } from './state-publisher.ts'

/** What the engine answers to each call of the page. */
export function makeAnswers(engine: Engine, publisher: StatePublisher): Answers {
  return {
    'state.sync': async () => ok(publisher.current()),

    'torrent.preview': ({ source }, signal) => engine.preview(source, signal),
    'torrent.add': ({ source, options }) => engine.add(source, options),
    'torrent.seed': ({ id, files, options }, signal) => engine.seed(id, files, options, signal),
    'torrent.pause': async ({ infoHash }) =>
      done(engine.torrent(infoHash), (torrent) => torrent.pause()),
    'torrent.resume': async ({ infoHash }) =>
      done(engine.torrent(infoHash), (torrent) => torrent.resume()),
    'torrent.remove': async ({ infoHash, deleteData, undo }) =>
      done(await engine.remove(infoHash, deleteData, undo ?? false)),
    'torrent.restore': async ({ infoHash }) => done(engine.restore(infoHash)),
    'storage.usage': async () => ok(await engine.usage()),
    'storage.adopt': async ({ infoHash }) => done(await engine.adopt(infoHash)),
    'storage.reclaim': async ({ infoHash }) => done(await engine.reclaim(infoHash)),
    'backup.export': async () => ok(await engine.exportBackup()),
    'backup.import': ({ bytes }) => engine.importBackup(bytes),
    'torrent.handles': async ({ infoHash }) =>
      map(engine.torrent(infoHash), (torrent) => torrent.handles()),
    'torrent.want': async ({ infoHash, files }) => done(engine.want(infoHash, files)),
    'torrent.prioritise': async ({ infoHash, files, priority }) =>
      done(engine.prioritise(infoHash, files, priority)),
    'torrent.limit': async ({ infoHash, limits }) => done(engine.limit(infoHash, limits)),
    'torrent.set-policy': async ({ infoHash, policy }) => done(engine.setPolicy(infoHash, policy)),

    'swarm.invite': ({ infoHash, options }) => engine.private.invite(infoHash, options),
    'swarm.invites': ({ infoHash }) => engine.private.invites(infoHash),
    'swarm.members': ({ infoHash }) => engine.private.members(infoHash),
    'swarm.allow': async ({ infoHash, peerId, as }) =>
      done(await engine.private.allow(infoHash, peerId, as)),
    'swarm.revoke': async ({ infoHash, peerIdOrInvite }) =>
      done(await engine.private.revoke(infoHash, peerIdOrInvite)),
    'swarm.unlock': async ({ infoHash, passphrase }) =>
      done(await engine.private.unlock(infoHash, passphrase)),

    'backend.supported': async () => ok(engine.backend.isSupported()),
    'backend.prepare': ({ job, variantId, options }) =>
      engine.backend.prepare(job, variantId, options),
    'backend.fetch': ({ content, options }) => engine.backend.fetch(content, options),
    'backend.offer': async ({ job, to }) => done(await engine.backend.offer(job, to)),
    'backend.withdraw': async ({ jobId }) => {
      engine.backend.withdraw(jobId)
      return ok(null)
    },
    'backend.ask': async ({ peerId, request }, signal) =>
      isPeerId(peerId)
        ? engine.backend.ask(peerId, request, signal)
        : err({ kind: 'input/source', reason: 'unknown' }),
    'backend.candidates': ({ content, policy }) => engine.backend.findCandidates(content, policy),
    'backend.validate': async ({ candidate, policy }) =>
      ok(await engine.backend.validateCandidate(candidate, policy)),

    'torrent.snapshot': async ({ infoHash }) => {
      const torrent = engine.torrent(infoHash)
      return ok(torrent.ok ? torrent.value.snapshot() : null)
    },
    'torrent.files': async ({ infoHash }) =>
      map(engine.torrent(infoHash), (torrent) => torrent.files()),
    'torrent.peers': async ({ infoHash }) =>
      map(engine.torrent(infoHash), (torrent) => torrent.peers()),
    'torrent.trackers': async ({ infoHash }) =>
      map(engine.torrent(infoHash), (torrent) => torrent.trackers()),
    'torrent.bitfield': async ({ infoHash }) =>
      map(engine.torrent(infoHash), (torrent) => torrent.bitfield()),
    'torrent.export': async ({ infoHash, file }, signal, onProgress) => {
      const torrent = engine.torrent(infoHash)
      return torrent.ok ? torrent.value.export(file, { signal, onProgress }) : torrent
    },
    'torrent.magnet': async ({ infoHash }) =>
      map(engine.torrent(infoHash), (torrent) => torrent.magnet()),
    'torrent.metainfo': async ({ infoHash }) =>
      map(engine.torrent(infoHash), (torrent) => torrent.metainfo()),

    'settings.get': async () => ok(engine.settings()),
    'settings.change': ({ change }) => engine.configure(change),

    'identity.get': async () => (await engine.overlay()).identity(),
    'identity.rename': async ({ name }) => (await engine.overlay()).rename(name),
    'identity.export': async ({ passphrase }) =>
      (await engine.overlay()).exportIdentity(passphrase),
    'identity.import': async ({ bytes, passphrase }) =>
      (await engine.overlay()).importIdentity(bytes, passphrase),
    'identity.forget': async () => (await engine.overlay()).forgetIdentity(),
    'overlay.peers': async () => ok(await (await engine.overlay()).peers()),
    'doctor.check': async ({ name }, signal) =>
      ok(await (await engine.doctor()).check(name, signal)),
    'doctor.report': async ({ results }) => ok((await engine.doctor()).report(results)),

    'storage.grant': async ({ persisted }) => {
      engine.granted(persisted, true)
      return ok(null)
    },
    'engine.wake': async () => {
      engine.online()
      return ok(null)
    },
    'engine.stop': async () => {
      await engine.stop()
      return ok(null)
    },
  }
}

function map<From, To>(
  result: Result<From, EngineError>,
  change: (value: From) => To,
): Result<To, EngineError> {
  return result.ok ? ok(change(result.value)) : result
}

function done<Value>(
  result: Result<Value, EngineError>,
  then: (value: Value) => void = () => {},
): Result<null, EngineError> {
  return map(result, (value) => {
    then(value)
    return null
  })
}
