import type { CheckResult } from '../model/doctor.ts'
import { gradeOf, verdictOf } from '../model/doctor-verdict.ts'
import type { DoctorDeps } from './doctor-deps.ts'
import { redact } from './redact.ts'

export type ReportDeps = Pick<DoctorDeps, 'relays' | 'rtcConfig' | 'userAgent'>

/**
 * What was found, for somebody who can help: in the words of the code, so that it reads the same
 * whatever language the page speaks. Redacted as a whole, and nothing in it needs to be.
 */
export function doctorReport(
  results: readonly CheckResult[],
  { relays, rtcConfig, userAgent }: ReportDeps,
): string {
  const servers = (rtcConfig().iceServers ?? []).flatMap(({ urls }) => urls)
  const schemes = servers.map((url) => url.split(':', 1)[0] ?? '')
  const facts: readonly (readonly [string, string])[] = [
    ['browser', browserOf(userAgent)],
    ['ice servers', schemes.length === 0 ? 'none' : schemes.join(', ')],
    ...relays().map(
      ({ state, error, stun }, index) =>
        [
          `relay ${index + 1}`,
          [state, error?.kind, stun === null ? 'no stun' : 'stun'].filter(Boolean).join(', '),
        ] as const,
    ),
    ['verdict', verdictOf(results) ?? 'not finished'],
    ...results.map((result) => [result.check, `${gradeOf(result)}: ${lineOf(result)}`] as const),
  ]
  const width = Math.max(...facts.map(([name]) => name.length))
  const lines = facts.map(([name, fact]) => `${name.padEnd(width)}  ${fact}`)
  return redact(['Chiral connectivity report', ...lines].join('\n'))
}

/** The finding and its figures. */
function lineOf({ check: _check, found, ...figures }: CheckResult): string {
  const told = Object.entries(figures).map(
    ([name, value]) =>
      `${name} ${Array.isArray(value) ? value.join('+') || 'none' : String(value)}`,
  )
  return [found, ...told].join(', ')
}

/** The main numbers of versions alone: with all four they look like an address. */
function browserOf(userAgent: string): string {
  return userAgent.slice(0, 300).replace(/(\d+)(?:\.\d+)+/g, '$1')
}
