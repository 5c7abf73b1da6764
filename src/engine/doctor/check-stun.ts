import type { AddressFamily, CheckResult } from '../model/doctor.ts'
import type { DoctorDeps } from './doctor-deps.ts'
import { gather, type Gathered } from './gather.ts'
import type { ReadCandidate } from './ice-candidate.ts'

/** Which addresses of this browser others could be told. */
export async function checkStun(
  { rtc, rtcConfig }: Pick<DoctorDeps, 'rtc' | 'rtcConfig'>,
  signal: AbortSignal,
): Promise<CheckResult<'stun'>> {
  const config = rtcConfig()
  const servers = (config.iceServers ?? []).flatMap(({ urls }) => urls)
  return judgeStun(await gather(rtc, config, signal), servers.length)
}

/**
 * @param servers how many were asked. One alone cannot tell whether the port is another for each:
 *   that shows as more reflexive addresses than there are addresses they could stand for.
 */
export function judgeStun(
  { candidates, reflexiveAfter, complete }: Gathered,
  servers: number,
): CheckResult<'stun'> {
  if (candidates.length === 0) return { check: 'stun', found: 'no-candidates' }
  const reflexive = candidates.filter(({ kind }) => kind === 'reflexive')
  if (reflexive.length > 0 && reflexiveAfter !== null) {
    const own = candidates.filter(({ kind, protocol }) => protocol === 'udp' && isOwn(kind))
    const different = new Set(reflexive.map(({ address, port }) => `${address} ${port}`)).size
    const mapping = servers < 2 ? 'unknown' : different > own.length ? 'each' : 'steady'
    const families = familiesOf(reflexive)
    return { check: 'stun', found: 'reflexive', families, mapping, after: reflexiveAfter }
  }
  const open = candidates.filter(({ kind, global }) => kind === 'host' && global)
  if (open.length > 0) return { check: 'stun', found: 'public', families: familiesOf(open) }
  if (servers === 0) return { check: 'stun', found: 'none-set' }
  // A reflexive address that is the device's own is not told twice (RFC 8445 §5.1.3).
  const plain = candidates.some(({ kind }) => kind === 'host')
  return { check: 'stun', found: complete && plain ? 'unmapped' : 'silent' }
}

function isOwn(kind: ReadCandidate['kind']): boolean {
  return kind === 'host' || kind === 'mdns'
}

function familiesOf(candidates: readonly ReadCandidate[]): readonly AddressFamily[] {
  return (['ipv4', 'ipv6'] as const).filter((family) =>
    candidates.some((candidate) => candidate.family === family),
  )
}
