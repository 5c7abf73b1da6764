import './patience.ts'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { makeAdmission } from '../../../relay/admission.ts'
import { makeFrontDoor } from '../../../relay/front-door.ts'
import { makeLog } from '../../../relay/log.ts'
import { TRACKER_LIMITS, type TrackerLimits } from '../../../relay/tracker-limits.ts'
import { makeWebTracker, type WebTracker } from '../../../relay/web-tracker.ts'

export interface TrackerInTest {
  readonly port: number
  /** Address of the tracker. */
  readonly url: string
  readonly tracker: WebTracker
}

/**
 * The tracker behind the real front door, on a free port, gone when the test is over. The door
 * trusts `X-Forwarded-For` and lets two connections of one public address in.
 */
export async function trackerInTest(
  narrowed: Partial<TrackerLimits> = {},
  now = () => performance.now(),
): Promise<TrackerInTest> {
  const log = makeLog('error')
  const tracker = makeWebTracker({ log, limits: { ...TRACKER_LIMITS, ...narrowed }, now })
  const server = makeFrontDoor({
    tracker,
    admission: makeAdmission(2),
    trustProxy: true,
    app: null,
    redemptions: null,
    overlay: () => null,
    description: () => null,
    isReady: () => true,
    log,
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.close()
    await tracker.close(0)
  })

  // A TCP server that listens has an address with a port.
  const { port } = server.address() as AddressInfo
  return { port, url: `ws://127.0.0.1:${port}/announce`, tracker }
}
