import type { RtcConfig, RtcConnection, RtcConnections } from '../contracts/rtc.ts'
import { CANDIDATE_KINDS, type CandidateKind, type CheckResult } from '../model/doctor.ts'
import type { IceCandidate } from '../model/rtc-state.ts'
import { SECOND, type Millis } from '../model/units.ts'
import type { DoctorDeps } from './doctor-deps.ts'
import { gather } from './gather.ts'
import { readCandidate } from './ice-candidate.ts'
import { within } from './within.ts'

/** Within one device a path is found in a fraction of it, unless the device is very busy. */
const OPEN_WITHIN: Millis = 10 * SECOND

/**
 * Whether two connections of this page find each other, first by everything they know, then by each
 * kind of address alone: a name that nobody resolves, or a router that does not lead back to itself,
 * shows only so.
 */
export async function checkDirect(
  { rtc, rtcConfig }: Pick<DoctorDeps, 'rtc' | 'rtcConfig'>,
  signal: AbortSignal,
): Promise<CheckResult<'direct'>> {
  if (rtc.budget.room() < 2) return { check: 'direct', found: 'no-room' }
  const config = rtcConfig()
  const { candidates } = await gather(rtc, config, signal)
  const seen = CANDIDATE_KINDS.filter((one) => candidates.some(({ kind }) => kind === one))
  if (seen.length === 0) return { check: 'direct', found: 'no-candidates' }
  if (!(await loop(rtc, config, () => true, signal)))
    return { check: 'direct', found: 'failed', tried: seen }
  if (seen.length === 1) return { check: 'direct', found: 'opened', by: seen, notBy: [] }

  const by: CandidateKind[] = []
  const notBy: CandidateKind[] = []
  for (const kind of seen) {
    const alone = await loop(rtc, config, (other) => other === kind, signal)
    ;(alone ? by : notBy).push(kind)
  }
  return { check: 'direct', found: 'opened', by, notBy }
}

/** Two connections that tell each other addresses of the allowed kinds. */
async function loop(
  rtc: RtcConnections,
  config: RtcConfig,
  allowed: (kind: CandidateKind) => boolean,
  signal: AbortSignal,
): Promise<boolean> {
  const one = rtc.make(config)
  const other = rtc.make(config)
  const hopeless = Promise.withResolvers<boolean>()
  const told = new Set<RtcConnection>()

  const tell = (from: RtcConnection, to: RtcConnection, candidate: IceCandidate | null) => {
    if (candidate === null) {
      if (!told.has(from)) hopeless.resolve(false)
      return
    }
    const read = readCandidate(candidate.candidate)
    if (read === null || !allowed(read.kind)) return
    told.add(from)
    to.addIceCandidate(candidate).catch(() => {}) // one that cannot be used takes nothing from the others
  }

  try {
    const opened = await within(OPEN_WITHIN, signal, async () => {
      const channel = one.createDataChannel('doctor')
      const open = Promise.withResolvers<boolean>()
      channel.addEventListener('open', () => open.resolve(true), { once: true })
      for (const connection of [one, other]) {
        connection.addEventListener('close', () => open.resolve(false), { once: true })
      }
      const waiting: (() => void)[] = []
      let both = false
      const trickle = (from: RtcConnection, to: RtcConnection) => {
        from.onicecandidate = ({ candidate }) => {
          // Nobody can be told before both have their descriptions.
          if (both) tell(from, to, candidate)
          else waiting.push(() => tell(from, to, candidate))
        }
      }
      trickle(one, other)
      trickle(other, one)
      const offer = await one.createOffer()
      await one.setLocalDescription(offer)
      await other.setRemoteDescription(offer)
      const answer = await other.createAnswer()
      await other.setLocalDescription(answer)
      await one.setRemoteDescription(answer)
      both = true
      for (const say of waiting.splice(0)) say()
      return Promise.race([open.promise, hopeless.promise])
    })
    return opened === true
  } catch {
    signal.throwIfAborted()
    return false
  } finally {
    one.close()
    other.close()
  }
}
