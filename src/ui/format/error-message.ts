import type { EngineError } from '../../engine/model/errors.ts'
import { unreachable } from '../../engine/model/result.ts'
import type { Words } from '../i18n/en.ts'
import { formatBytes } from './bytes.ts'
import { hostOf } from './host.ts'

/** What a tracker or a validator said is foreign text: this much of it is enough. */
const LONGEST_QUOTE = 160

/** One plain sentence for each kind of error: what happened, and what was measured. */
export function errorMessage(error: EngineError, words: Words): string {
  const say = words.errors
  switch (error.kind) {
    case 'input/source':
      return say.source[error.reason]
    case 'input/magnet':
      return say.magnet[error.reason]
    case 'input/metainfo':
      return say.metainfo[error.reason]
    case 'input/invite':
      return say.invite[error.reason]
    case 'input/duplicate':
      return say.duplicate
    case 'input/unknown-torrent':
      return say.unknownTorrent
    case 'input/unknown-file':
      return say.unknownFile
    case 'input/no-files':
      return say.noFiles
    case 'input/peer-id':
      return say.peerId
    case 'input/backup':
      return say.backup[error.reason]
    case 'input/identity':
      return say.identity[error.reason]
    case 'input/address':
      return error.reason === 'form' ? say.addressForm[error.of] : say.address[error.reason]
    case 'input/settings':
      return say.settings(quote(error.message))
    case 'http/status':
      return say.status(hostOf(error.url), error.status)
    case 'http/unreachable':
      return say.unreachable(hostOf(error.url))
    case 'http/not-a-torrent':
      return say.notATorrent(hostOf(error.url))
    case 'http/too-large':
      return say.tooLarge(hostOf(error.url), formatBytes(error.limit, words))
    case 'http/changed':
      return say.changed(hostOf(error.url))
    case 'storage/unsupported':
      return say.storageUnsupported
    case 'storage/full':
      return say.full(formatBytes(error.needed, words), formatBytes(error.available, words))
    case 'storage/locked':
      return say.storageLocked
    case 'storage/io':
      return say.io
    case 'storage/source-changed':
      return say.sourceChanged(error.name)
    case 'storage/source-missing':
      return say.sourceMissing(error.name)
    case 'storage/permission':
      return say.permission(error.name)
    case 'storage/evicted':
      return say.evicted(formatBytes(error.lost, words))
    case 'storage/corrupt':
      return say.corrupt(formatBytes(error.lost, words))
    case 'storage/newer':
      return say.newer
    case 'swarm/metadata-timeout':
      return say.metadataTimeout
    case 'swarm/tracker': {
      const sentence = say.tracker[error.reason](hostOf(error.url))
      const said = error.reason === 'refused' ? quote(error.message) : ''
      return said === '' ? sentence : say.trackerSaid(sentence, said)
    }
    case 'overlay/relay-unreachable':
      return say.relayUnreachable(hostOf(error.address))
    case 'overlay/no-relay':
      return say.noRelay(hostOf(error.address))
    case 'overlay/reservation-refused':
      return say.reservationRefused
    case 'overlay/dial':
      return say.dial
    case 'policy/source-denied':
      return say.sourceDenied[error.source]
    case 'policy/private-only':
      return say.privateOnly
    case 'policy/contradiction':
      return say.contradiction(quote(error.what))
    case 'policy/public':
      return say.publicTorrent
    case 'policy/not-allowed':
      return say.notAllowed[error.needs]
    case 'policy/nobody-to-ask':
      return say.nobodyToAsk
    case 'policy/outside':
      return say.outside[error.why]
    case 'policy/passphrase':
      return say.passphrase[error.reason]
    case 'engine/insecure-context':
      return say.insecureContext
    case 'engine/unsupported':
      return say.unsupported(error.what)
    case 'engine/held-elsewhere':
      return say.heldElsewhere
    case 'engine/lost':
      return say.lost
    case 'engine/version':
      return say.version
    case 'engine/bug':
      return say.bug
    default:
      return unreachable(error)
  }
}

/** What was measured, for those who want to tell someone who can help. Null when the sentence says it all. */
export function errorDetail(error: EngineError): string | null {
  if ('cause' in error) return `${error.cause.name}: ${error.cause.message}`
  if (error.kind === 'engine/version') return `${error.page} / ${error.worker}`
  return null
}

function quote(foreign: string): string {
  const line = foreign.replace(/\s+/g, ' ').trim()
  return line.length > LONGEST_QUOTE ? `${line.slice(0, LONGEST_QUOTE)}…` : line
}
