import type { CallName } from './control.ts'

/**
 * Whether a call may be asked of the next engine when the last one went before it answered: a
 * question, or a wish that says how something is to be and not what is to be done. Nobody but the
 * asker has any use for its answer.
 */
export const SAFE_TO_REPEAT: Readonly<Record<CallName, boolean>> = {
  'state.sync': true,
  'torrent.preview': true,
  'torrent.add': false,
  'torrent.seed': false,
  'torrent.pause': true,
  'torrent.resume': true,
  'torrent.remove': false,
  'torrent.restore': false,
  'torrent.want': true,
  'torrent.set-policy': true,
  'torrent.snapshot': true,
  'torrent.files': true,
  'torrent.peers': true,
  'torrent.trackers': true,
  'torrent.bitfield': true,
  'torrent.export': true,
  'torrent.magnet': true,
  'torrent.metainfo': true,
  'settings.get': true,
  'settings.change': true,
  'torrent.handles': true,
  'storage.usage': true,
  'storage.adopt': false,
  'storage.reclaim': false,
  'backup.export': true,
  'backup.import': false,
  'identity.get': true,
  'identity.rename': true,
  'identity.export': true,
  'identity.import': false,
  'identity.forget': false,
  'overlay.peers': true,
  'storage.grant': true,
  'engine.wake': true,
  'engine.stop': false,
}
