import type { CheckName, CheckResult, Findings } from '../../engine/model/doctor.ts'
import { ok } from '../../engine/model/result.ts'
import { MIB, SECOND } from '../../engine/model/units.ts'
import type { Answers } from './fake-engine.ts'
import type { FakeNetwork } from './fake-overlay.ts'

/** What a doctor finds in each of these networks, after a moment. */
export function fakeDoctorAnswers(
  network: FakeNetwork,
): Pick<Answers, 'doctor.check' | 'doctor.report'> {
  return {
    'doctor.check': async ({ name }) => {
      await new Promise((resolve) => setTimeout(resolve, SECOND / 4))
      return ok(found(name, network === 'broken' ? BROKEN : network === 'none' ? LIMITED : WELL))
    },
    'doctor.report': async () =>
      ok('Chiral connectivity report\nbrowser  Firefox/153\nverdict  all-well'),
  }
}

function found(check: CheckName, findings: Findings): CheckResult {
  // Each finding stands under the name of its check.
  return { check, ...findings[check] } as CheckResult
}

const WELL: Findings = {
  relays: { found: 'answer', answering: 1, of: 2, after: 23 },
  reservation: { found: 'held', at: 1, of: 2 },
  trackers: { found: 'answer', answering: 1, of: 1, after: 31 },
  stun: { found: 'reflexive', families: ['ipv4', 'ipv6'], mapping: 'steady', after: 44 },
  direct: { found: 'opened', by: ['mdns', 'reflexive'], notBy: [] },
  relayed: { found: 'carries', after: 240, limit: 8 * MIB },
}

const LIMITED: Findings = {
  ...WELL,
  relays: { found: 'answer', answering: 1, of: 1, after: 23 },
  reservation: { found: 'held', at: 1, of: 1 },
  stun: { found: 'silent' },
  direct: { found: 'opened', by: ['mdns'], notBy: [] },
}

const BROKEN: Findings = {
  relays: { found: 'silent' },
  reservation: { found: 'no-relay' },
  trackers: { found: 'no-socket' },
  stun: { found: 'no-candidates' },
  direct: { found: 'no-candidates' },
  relayed: { found: 'no-relay' },
}
