import type { AddressFamily, CandidateKind, CheckResult } from '../../engine/model/doctor.ts'
import { unreachable } from '../../engine/model/result.ts'
import type { Words } from '../i18n/en.ts'
import { formatBytes } from './bytes.ts'

/** What a check found, in a sentence. */
export function findingSentence(result: CheckResult, words: Words): string {
  const say = words.network.checkUp.found
  switch (result.check) {
    case 'relays':
    case 'trackers': {
      const said = say[result.check]
      if (result.found !== 'answer') return foundOf(result, say)
      const { answering, of, after } = result
      return of === 1 ? said.answer(after) : said.answerSome(answering, of, after)
    }
    case 'reservation':
      if (result.found !== 'held') return say.reservation[result.found]
      return result.of === 1 ? say.reservation.held : say.reservation.heldSome(result.at, result.of)
    case 'stun':
      if (result.found === 'public') return say.stun.public(familyNames(result.families, words))
      if (result.found !== 'reflexive') return say.stun[result.found]
      return say.stun[result.mapping === 'each' ? 'each' : 'reflexive'](
        familyNames(result.families, words),
      )
    case 'direct':
      if (result.found === 'failed') return say.direct.failed(kindNames(result.tried, words))
      if (result.found !== 'opened') return say.direct[result.found]
      return result.notBy.length === 0
        ? say.direct.opened(kindNames(result.by, words))
        : say.direct.openedNot(kindNames(result.by, words), kindNames(result.notBy, words))
    case 'relayed':
      if (result.found !== 'carries') return say.relayed[result.found]
      return result.limit === null
        ? say.relayed.carriesAll(result.after)
        : say.relayed.carries(result.after, formatBytes(result.limit, words))
    default:
      return unreachable(result)
  }
}

/** What helps against it; null when nothing needs to. */
export function findingHelp(result: CheckResult, words: Words): string | null {
  const say = words.network.checkUp.helps
  switch (result.check) {
    case 'relays':
      if (result.found === 'none-set') return say.relaysNone
      if (result.found === 'no-relay') return say.noRelay
      return result.found === 'silent' ? say.relays : null
    case 'reservation':
      if (result.found === 'refused') return say.refused
      return result.found === 'no-socket' ? say.socket : null
    case 'trackers':
      if (result.found === 'no-socket') return say.socket
      return result.found === 'silent' || result.found === 'refused' ? say.trackers : null
    case 'stun':
      if (result.found === 'silent') return say.stun
      if (result.found === 'none-set') return say.stunNone
      if (result.found === 'no-candidates') return say.candidates
      return result.found === 'reflexive' && result.mapping === 'each' ? say.each : null
    case 'direct':
      if (result.found === 'failed') return say.direct
      if (result.found === 'no-candidates') return say.candidates
      return result.found === 'no-room' ? say.room : null
    case 'relayed':
      return result.found === 'failed' ? say.relayed : null
    default:
      return unreachable(result)
  }
}

type Unanswered = Exclude<CheckResult<'relays'> | CheckResult<'trackers'>, { found: 'answer' }>

function foundOf(result: Unanswered, say: Words['network']['checkUp']['found']): string {
  return result.check === 'relays' ? say.relays[result.found] : say.trackers[result.found]
}

function familyNames(families: readonly AddressFamily[], words: Words): string {
  return list(
    families.map((family) => words.network.checkUp.family[family]),
    words,
  )
}

function kindNames(kinds: readonly CandidateKind[], words: Words): string {
  return list(
    kinds.map((kind) => words.network.checkUp.kind[kind]),
    words,
  )
}

function list(names: readonly string[], words: Words): string {
  return new Intl.ListFormat(words.locale, { type: 'unit' }).format(names)
}
