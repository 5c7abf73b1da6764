import type { CheckName, CheckResult } from '../model/doctor.ts'
import { checkDirect } from './check-direct.ts'
import { checkRelayed } from './check-relayed.ts'
import { checkRelays } from './check-relays.ts'
import { checkReservation } from './check-reservation.ts'
import { checkStun } from './check-stun.ts'
import { checkTrackers } from './check-trackers.ts'
import type { DoctorDeps } from './doctor-deps.ts'
import { doctorReport } from './doctor-report.ts'

/** Finds out why peers are not reached. Nothing it does is seen by any swarm. */
export interface Doctor {
  /** Runs one check; they do not disturb each other. Answers within half a minute. */
  check<Name extends CheckName>(name: Name, signal: AbortSignal): Promise<CheckResult<Name>>
  /** What was found, as text for somebody who can help: no address and no peer id is in it. */
  report(results: readonly CheckResult[]): string
}

export function makeDoctor(deps: DoctorDeps): Doctor {
  return {
    // The table has for each name the check of that name.
    check: async (name, signal) => CHECK_OF[name](deps, signal),
    report: (results) => doctorReport(results, deps),
  }
}

const CHECK_OF: {
  readonly [Name in CheckName]: (
    deps: DoctorDeps,
    signal: AbortSignal,
  ) => Promise<CheckResult<Name>>
} = {
  relays: checkRelays,
  reservation: checkReservation,
  trackers: checkTrackers,
  stun: checkStun,
  direct: checkDirect,
  relayed: checkRelayed,
}
