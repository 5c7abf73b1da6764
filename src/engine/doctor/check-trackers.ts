import type { CheckResult } from '../model/doctor.ts'
import { hexOf, infoHashOfDigest, type WirePeerId } from '../model/ids.ts'
import { SECOND, type Millis } from '../model/units.ts'
import { announceFrame, readTrackerMessage } from '../swarm/tracker-messages.ts'
import type { OpenWebSocket } from '../swarm/tracker-socket.ts'
import type { DoctorDeps } from './doctor-deps.ts'
import { within } from './within.ts'

/** From the socket to the answer. */
const ANSWER_WITHIN: Millis = 10 * SECOND

type Outcome = 'answer' | 'refused' | 'silent' | 'no-socket'

/** Whether a tracker takes an announcement, of a torrent that nobody has. */
export async function checkTrackers(
  { trackers, openWebSocket }: Pick<DoctorDeps, 'trackers' | 'openWebSocket'>,
  signal: AbortSignal,
): Promise<CheckResult<'trackers'>> {
  const urls = trackers()
  if (urls.length === 0) return { check: 'trackers', found: 'none-set' }
  const begun = performance.now()
  const answers = await Promise.all(
    urls.map(async (url) => {
      const outcome = await announceAt(url, openWebSocket, signal)
      return { outcome, after: performance.now() - begun }
    }),
  )
  const answering = answers.filter(({ outcome }) => outcome === 'answer')
  if (answering.length > 0) {
    const after = Math.round(Math.min(...answering.map(({ after }) => after)))
    return {
      check: 'trackers',
      found: 'answer',
      answering: answering.length,
      of: urls.length,
      after,
    }
  }
  // Whoever came furthest is nearest to working.
  const furthest = (['refused', 'silent'] as const).find((outcome) =>
    answers.some((answer) => answer.outcome === outcome),
  )
  return { check: 'trackers', found: furthest ?? 'no-socket' }
}

async function announceAt(
  url: string,
  openWebSocket: OpenWebSocket,
  signal: AbortSignal,
): Promise<Outcome> {
  let socket: WebSocket
  try {
    socket = openWebSocket(url)
  } catch {
    return 'no-socket' // nothing a browser would open, e.g. ws: from an https page
  }
  let opened = false
  const infoHash = infoHashOfDigest(crypto.getRandomValues(new Uint8Array(20)))
  const announce = (event: 'started' | 'stopped') =>
    announceFrame({
      infoHash,
      // 20 bytes, as a wire peer id has.
      peer: hexOf(crypto.getRandomValues(new Uint8Array(20))) as WirePeerId,
      uploaded: 0,
      downloaded: 0,
      left: 1,
      event,
      offers: [],
    })
  try {
    const heard = await within(ANSWER_WITHIN, signal, () => {
      const { promise, resolve } = Promise.withResolvers<Outcome>()
      socket.onopen = () => {
        opened = true
        socket.send(announce('started'))
      }
      socket.onmessage = ({ data }) => {
        const message = readTrackerMessage(data)
        if (message?.type === 'announced' && message.infoHash === infoHash) resolve('answer')
        if (message?.type === 'refused') resolve('refused')
      }
      socket.onclose = () => resolve(opened ? 'silent' : 'no-socket')
      return promise
    })
    return heard ?? (opened ? 'silent' : 'no-socket')
  } finally {
    // It forgets who leaves by itself.
    socket.onopen = socket.onmessage = socket.onclose = null
    socket.close()
  }
}
