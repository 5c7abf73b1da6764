import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { RtcConnection } from '../../../src/engine/contracts/rtc.ts'
import { MAX_CANDIDATES, type RtcState } from '../../../src/engine/model/rtc-state.ts'
import type { RtcToPage, RtcToWorker } from '../../../src/workers/protocol/rtc.ts'
import {
  CONNECT_WITHIN,
  makeRtcShim,
  type RtcShimOptions,
} from '../../../src/workers/worker/rtc-shim.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A shim whose page is this test: what it posts is collected, what the page says is told. */
function aShim(options: RtcShimOptions = {}) {
  const posted: RtcToPage[] = []
  const port = {
    onmessage: null as ((event: { data: RtcToWorker }) => void) | null,
    postMessage: (message: RtcToPage) => void posted.push(message),
    close: () => {},
  }
  // The shim uses these three members of a port and no others.
  const shim = makeRtcShim(port as unknown as MessagePort, options)
  return { shim, posted, say: (data: RtcToWorker) => port.onmessage?.({ data }) }
}

const NEW: RtcState = {
  connectionState: 'new',
  iceConnectionState: 'new',
  iceGatheringState: 'new',
  signalingState: 'stable',
  localDescription: null,
  remoteDescription: null,
  maxMessageSize: null,
}

const changedTo = (connectionState: RtcState['connectionState']): RtcToWorker => ({
  type: 'changed',
  connection: 1,
  state: { ...NEW, connectionState },
  event: 'connectionstatechange',
})

function eventsOf(connection: RtcConnection): string[] {
  const events: string[] = []
  connection.addEventListener('connectionstatechange', () =>
    events.push(connection.connectionState),
  )
  connection.addEventListener('close', () => events.push('close'))
  return events
}

test('a connection that does not connect in time is closed and gives its seat back', async () => {
  const { shim, posted } = aShim()
  const connection = shim.make({})
  const events = eventsOf(connection)

  await vi.advanceTimersByTimeAsync(CONNECT_WITHIN)

  expect(connection.failure).toBe('deadline')
  expect(events).toEqual(['failed', 'close'])
  expect(posted.at(-1)).toEqual({ type: 'close', connection: 1 })
  expect(shim.budget.live).toBe(0)
})

test('a connection that connects in time stays', async () => {
  const { shim, say } = aShim()
  const connection = shim.make({})

  say(changedTo('connected'))
  await vi.advanceTimersByTimeAsync(CONNECT_WITHIN)

  expect(connection.connectionState).toBe('connected')
  expect(connection.failure).toBeNull()
  expect([shim.budget.live, shim.budget.pending]).toEqual([1, 0])
})

test('a connection that loses its peer for good is closed by itself', async () => {
  const { shim, say, posted } = aShim()
  const connection = shim.make({})
  say(changedTo('connected'))
  const channel = connection.createDataChannel('x')
  const events = eventsOf(connection)

  say(changedTo('disconnected'))
  say(changedTo('failed'))
  await Promise.resolve()

  expect(events).toEqual(['disconnected', 'failed', 'close'])
  expect(connection.failure).toBe('unreachable')
  expect(channel.readyState).toBe('closed')
  expect(posted.at(-1)).toEqual({ type: 'close', connection: 1 })
  expect(shim.budget.live).toBe(0)
})

test('a refused connection posts nothing and says why, whatever is asked of it', async () => {
  const { shim, posted } = aShim({ maxLive: 0 })

  const refused = shim.make({})
  const events = eventsOf(refused)

  await expect(refused.createOffer()).rejects.toMatchObject({ name: 'QuotaExceededError' })
  expect(() => refused.createDataChannel('x')).toThrow(
    expect.objectContaining({ name: 'QuotaExceededError' }),
  )
  expect(refused.failure).toBe('budget')
  expect(events).toEqual(['failed', 'close'])
  expect(posted).toEqual([])
})

test('what the page still answers when the connection is closed is a rejection', async () => {
  const { shim, say } = aShim()
  const connection = shim.make({})
  const offer = connection.createOffer()

  connection.close()
  say({
    type: 'answer',
    connection: 1,
    ask: 1,
    state: NEW,
    outcome: { ok: true, value: { type: 'offer', sdp: '' } },
  })

  await expect(offer).rejects.toMatchObject({ name: 'InvalidStateError' })
  expect(connection.connectionState).toBe('closed')
})

test('the newest state is in place before the event about it', () => {
  const { shim, say } = aShim()
  const connection = shim.make({})
  const seen: (number | null)[] = []
  connection.addEventListener('signalingstatechange', () => seen.push(connection.maxMessageSize))

  say({
    type: 'changed',
    connection: 1,
    state: { ...NEW, maxMessageSize: 262_144 },
    event: 'signalingstatechange',
  })

  expect(seen).toEqual([262_144])
})

test('a connection the browser would not make fails with the words of the browser', async () => {
  const { shim, say } = aShim()
  const connection = shim.make({ iceServers: [{ urls: 'stun:' }] })
  const offer = connection.createOffer()

  say({
    type: 'refused',
    connection: 1,
    cause: { name: 'SyntaxError', message: 'stun: is no server' },
  })

  await expect(offer).rejects.toThrow('stun: is no server')
  expect(connection.failure).toBe('browser')
})

test('a peer with endless candidates is not listened to for ever', async () => {
  const { shim, posted } = aShim()
  const connection = shim.make({})
  const candidate = { candidate: 'candidate:1 1 udp 1 127.0.0.1 9 typ host' }
  for (let sent = 0; sent < MAX_CANDIDATES; sent++) {
    connection.addIceCandidate(candidate).catch(() => {})
  }
  const before = posted.length

  await expect(connection.addIceCandidate(candidate)).rejects.toMatchObject({
    name: 'OperationError',
  })
  expect(posted.length).toBe(before)
})

test('a description that is refused never reaches the page', async () => {
  const { shim, posted } = aShim()
  const connection = shim.make({})
  const sdp = 'm=video 9 UDP/TLS/RTP/SAVPF 96'

  await expect(connection.setRemoteDescription({ type: 'offer', sdp })).rejects.toMatchObject({
    name: 'OperationError',
  })

  expect(posted.map(({ type }) => type)).toEqual(['open'])
})

test('when the page is gone, everything ends and nothing new begins', async () => {
  const { shim, say } = aShim()
  const connection = shim.make({})
  const channel = connection.createDataChannel('x')
  const closed = vi.fn()
  channel.addEventListener('close', closed)

  say({ type: 'gone' })
  await Promise.resolve()

  expect(connection.failure).toBe('page-gone')
  expect(closed).toHaveBeenCalledOnce()
  expect(shim.make({}).failure).toBe('page-gone')
  expect(shim.budget.live).toBe(0)
})
