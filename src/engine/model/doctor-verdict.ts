import type { CheckName, CheckResult, Grade, Verdict } from './doctor.ts'
import { unreachable } from './result.ts'

/** How good one finding is. */
export function gradeOf(result: CheckResult): Grade {
  switch (result.check) {
    case 'relays':
    case 'trackers':
      if (result.found === 'none-set') return 'skipped'
      if (result.found !== 'answer') return 'bad'
      return result.answering === result.of ? 'good' : 'limited'
    case 'reservation':
      if (result.found === 'no-relay') return 'skipped'
      if (result.found !== 'held') return 'bad'
      return result.at === result.of ? 'good' : 'limited'
    case 'stun':
      if (result.found === 'public' || result.found === 'unmapped') return 'good'
      if (result.found === 'reflexive') return result.mapping === 'each' ? 'limited' : 'good'
      return result.found === 'no-candidates' ? 'bad' : 'limited'
    case 'direct':
      if (result.found === 'no-room') return 'skipped'
      return result.found === 'opened' ? 'good' : 'bad'
    case 'relayed':
      if (result.found === 'no-relay') return 'skipped'
      return result.found === 'carries' ? 'good' : 'bad'
    default:
      return unreachable(result)
  }
}

/** What they mean together; null while one of them is missing. */
export function verdictOf(results: readonly CheckResult[]): Verdict | null {
  const find = <Name extends CheckName>(name: Name) =>
    // The result of a check bears its name.
    results.find(({ check }) => check === name) as CheckResult<Name> | undefined
  const reservation = find('reservation')
  const trackers = find('trackers')
  const stun = find('stun')
  const direct = find('direct')
  const relayed = find('relayed')
  if (!find('relays') || !reservation || !trackers || !stun || !direct || !relayed) return null

  const byRelay = reservation.found === 'held'
  const byTracker = trackers.found === 'answer'
  const carried = relayed.found === 'carries'
  if (!byRelay && !byTracker) return 'cut-off'
  // Without room for it nothing was measured: what the addresses say is all there is.
  const paths =
    direct.found === 'no-room' ? stun.found !== 'no-candidates' : direct.found === 'opened'
  if (!paths) return carried ? 'relay-carries' : 'no-path'
  if (stun.found === 'silent' || stun.found === 'none-set' || stun.found === 'no-candidates') {
    return carried ? 'own-network' : 'own-network-only'
  }
  if (stun.found === 'reflexive' && stun.mapping === 'each') return 'strict-network'
  if (!byRelay) return 'trackers-only'
  return byTracker || trackers.found === 'none-set' ? 'all-well' : 'overlay-only'
}
