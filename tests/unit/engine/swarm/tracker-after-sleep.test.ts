import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { RtcConnections } from '../../../../src/engine/contracts/rtc.ts'
import type { WirePeerId } from '../../../../src/engine/model/ids.ts'
import { makeWebTrackerClient } from '../../../../src/engine/swarm/web-tracker-client.ts'
import { anInfoHash } from '../../../support/a-torrent.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** One end of a WebSocket, which opens and closes when the test says so. */
class Line {
  readyState: number = WebSocket.CONNECTING
  readonly sent: string[] = []
  onopen: (() => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  onclose: (() => void) | null = null

  open(): void {
    this.readyState = WebSocket.OPEN
    this.onopen?.()
  }
  send(frame: string): void {
    this.sent.push(frame)
  }
  answers(): void {
    const answer = { action: 'announce', info_hash: 'a'.repeat(20), interval: 120 }
    this.onmessage?.({ data: JSON.stringify({ ...answer, complete: 1, incomplete: 0 }) })
  }
  close(): void {
    this.readyState = WebSocket.CLOSED
    this.onclose?.()
  }
}

/** A torrent at a tracker, and every connection to it that was ever made. */
async function announcing() {
  const lines: Line[] = []
  const client = makeWebTrackerClient({
    // No offers are made: there is no room for a peer.
    rtc: { budget: { room: () => 0 } } as RtcConnections,
    wirePeerId: '0'.repeat(20) as WirePeerId,
    rtcConfig: () => ({}),
    log: { debug() {}, info() {}, warn() {}, error() {} },
    openWebSocket() {
      const line = new Line()
      lines.push(line)
      // What the client uses of a WebSocket.
      return line as unknown as WebSocket
    },
  })
  client.join({
    url: 'wss://tracker.example/',
    infoHash: anInfoHash(),
    counts: () => ({ uploaded: 0, downloaded: 0, left: 1 }),
    room: () => 0,
    linked: () => 0,
    accepts: () => true,
    onChannel() {},
    onChange() {},
  })
  await vi.advanceTimersByTimeAsync(0)
  lines[0]!.open()
  await vi.advanceTimersByTimeAsync(0)
  lines[0]!.answers()
  return { client, lines }
}

test('a lost tracker is tried at once, whatever its wait, and told that we are here', async () => {
  const { client, lines } = await announcing()
  for (let losses = 0; losses < 6; losses++) {
    lines.at(-1)!.close()
    await vi.advanceTimersToNextTimerAsync()
  }
  lines.at(-1)!.close()
  const before = lines.length

  client.retryNow()
  lines.at(-1)!.open()
  await vi.advanceTimersByTimeAsync(0)

  expect(lines).toHaveLength(before + 1)
  expect(lines.at(-1)!.sent.join()).toContain('"started"')
  client.stop()
})

test('a socket that only looks open is made anew when it gives no sign of life', async () => {
  const { client, lines } = await announcing()
  await vi.advanceTimersByTimeAsync(60_000)

  client.retryNow()
  await vi.advanceTimersByTimeAsync(2_000)

  expect(lines).toHaveLength(2)
  client.stop()
})

test('a socket that answers stays, and is not asked again at every turn', async () => {
  const { client, lines } = await announcing()
  await vi.advanceTimersByTimeAsync(60_000)
  const sentBefore = lines[0]!.sent.length

  client.retryNow()
  await vi.advanceTimersByTimeAsync(0)
  lines[0]!.answers()
  client.retryNow()
  client.retryNow()
  await vi.advanceTimersByTimeAsync(2_000)

  expect(lines).toHaveLength(1)
  expect(lines[0]!.sent).toHaveLength(sentBefore + 1)
  client.stop()
})
