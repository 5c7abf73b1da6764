import type { CreationSnapshot } from '../../engine/model/engine-state.ts'
import { unreachable } from '../../engine/model/result.ts'
import type { ActivePhase, TorrentSnapshot } from '../../engine/model/torrent.ts'
import type { Words } from '../i18n/en.ts'
import { storageTrouble } from '../state/storage-trouble.ts'
import { formatBytes } from './bytes.ts'
import { formatDuration } from './duration.ts'
import { errorMessage } from './error-message.ts'
import { formatPercent, fractionOf } from './percent.ts'
import { privacySentence } from './privacy-sentence.ts'

/** What a torrent is doing, in one sentence made of what was measured and nothing else. */
export function stateSentence(torrent: TorrentSnapshot, words: Words): string {
  const { phase } = torrent
  switch (phase.name) {
    case 'paused':
      return pausedSentence(torrent, words)
    case 'failed':
      return errorMessage(phase.error, words)
    case 'resolving':
    case 'checking':
    case 'downloading':
    case 'seeding':
      return activeSentence(torrent, phase, words)
    default:
      return unreachable(phase)
  }
}

/** What is happening to files on their way to becoming a torrent. */
export function creationSentence(creation: CreationSnapshot, words: Words): string {
  return creation.step === 'hashing' ? words.state.hashing : words.state.copying
}

function activeSentence(torrent: TorrentSnapshot, phase: ActivePhase, words: Words): string {
  const say = words.state
  const outside =
    torrent.privacy === undefined ? null : privacySentence(torrent.privacy, Date.now(), words)
  if (outside !== null && phase.name !== 'checking') return outside
  switch (phase.name) {
    case 'resolving':
      return torrent.peerCount > 0
        ? say.gettingListFrom(torrent.peerCount)
        : searchSentence(torrent, words)
    case 'checking':
      return say.checking(
        formatPercent(fractionOf(phase.checkedPieces, torrent.totalPieces), words),
      )
    case 'downloading':
      return downloadSentence(torrent, formatDuration(phase.eta, words), words)
    case 'seeding':
      return seedSentence(torrent, words)
    default:
      return unreachable(phase)
  }
}

function downloadSentence(torrent: TorrentSnapshot, left: string | null, words: Words): string {
  const say = words.state
  if (torrent.wantedBytes === 0 && torrent.totalBytes > 0) return say.nothingTicked
  const fromServer = torrent.protocol === 'http' || torrent.peerCount === 0
  const moving = torrent.downRate > 0
  if (fromServer && (torrent.protocol === 'http' || torrent.swarm.webSeeds > 0)) {
    if (!moving && torrent.protocol === 'http') return say.waitingForServer
    if (moving) return withTimeLeft(say.downloadingFromServer, left, words)
  }
  if (torrent.peerCount === 0) return searchSentence(torrent, words)
  if (!moving) return say.waitingForPeers(torrent.peerCount)
  return withTimeLeft(say.downloadingFrom(torrent.peerCount), left, words)
}

/** No peer yet: which trackers answered, and what they know. */
function searchSentence(torrent: TorrentSnapshot, words: Words): string {
  const say = words.state
  const facts = torrent.swarm
  if (facts.connecting > 0) return say.connecting(facts.connecting)
  if (torrent.policy.name === 'private') return words.privacy.lookingForMembers
  if (facts.trackers === 0) {
    return facts.overlayPeers === null ? say.lookingAlone : say.lookingInOverlay
  }
  if (facts.trackersAnswered === 0) {
    return facts.trackersFailed >= facts.trackers
      ? say.noneAnswered(facts.trackers)
      : say.asking(facts.trackers)
  }
  const answered = say.answered(facts.trackersAnswered, facts.trackers)
  if (facts.knownSeeds === null) return answered
  return facts.knownSeeds === 0
    ? say.nobodyHasIt(answered)
    : say.someHaveIt(answered, facts.knownSeeds)
}

function seedSentence(torrent: TorrentSnapshot, words: Words): string {
  const say = words.state
  if (torrent.protocol === 'http') return say.keptOnly
  const all = torrent.wantedBytes >= torrent.totalBytes
  const done = all ? say.complete : say.wantedComplete
  if (torrent.peerCount > 0) return say.sharingWith(done, torrent.peerCount)
  return torrent.policy.name === 'private'
    ? words.privacy.readyForMembers(done)
    : say.readyToShare(done)
}

function pausedSentence(torrent: TorrentSnapshot, words: Words): string {
  const { phase } = torrent
  if (phase.name !== 'paused') return ''
  const trouble = storageTrouble(torrent)
  if (trouble?.kind === 'storage/full') {
    const { needed, available } = trouble
    return words.state.full(formatBytes(needed, words), formatBytes(available, words))
  }
  if (trouble?.kind === 'storage/newer') return words.state.newer
  if (trouble !== null) return errorMessage(trouble, words)
  const sentence = words.state.paused[phase.why]
  const complete = phase.from.name === 'seeding'
  const begun = torrent.haveBytes > 0 && !complete
  return begun && phase.why === 'person'
    ? words.state.pausedAt(
        sentence,
        formatPercent(fractionOf(torrent.haveBytes, torrent.wantedBytes), words),
      )
    : sentence
}

function withTimeLeft(sentence: string, left: string | null, words: Words): string {
  return left === null ? sentence : words.state.left(sentence, left)
}
