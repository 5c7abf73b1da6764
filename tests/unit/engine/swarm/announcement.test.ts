import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { RtcConnection } from '../../../../src/engine/contracts/rtc.ts'
import type { WirePeerId } from '../../../../src/engine/model/ids.ts'
import { makeAnnouncement } from '../../../../src/engine/swarm/announcement.ts'
import type { TrackerMessage } from '../../../../src/engine/swarm/tracker-messages.ts'
import { anInfoHash } from '../../../support/a-torrent.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const US = '0'.repeat(40) as WirePeerId
const PEER = '1'.repeat(40) as WirePeerId

interface Frame {
  readonly offers?: readonly { readonly offer_id: string }[]
  readonly answer?: object
  readonly offer_id?: string
}

/** One torrent at a tracker that is open, over connections that come to nothing by themselves. */
function announcing({ left = 1, room = 16 } = {}) {
  const frames: Frame[] = []
  const made: TestConnection[] = []
  const open = () => made.filter(({ closed }) => !closed)
  const announcement = makeAnnouncement(
    {
      url: 'wss://tracker.example/',
      infoHash: anInfoHash(),
      counts: () => ({ uploaded: 0, downloaded: 0, left }),
      room: () => 40,
      linked: () => 0,
      accepts: () => true,
      onChannel() {},
      onChange() {},
    },
    {
      open: true,
      // What tracker-messages.ts writes.
      send: (frame) => void frames.push(JSON.parse(frame) as Frame),
      retryNow() {},
      renew() {},
      close() {},
    },
    {
      rtc: {
        budget: {
          live: 0,
          pending: 0,
          room: () => Math.max(0, room - open().length),
        },
        make() {
          const connection = new TestConnection()
          made.push(connection)
          // What a handshake uses of one.
          return connection as unknown as RtcConnection
        },
      },
      wirePeerId: US,
      rtcConfig: () => ({}),
      log: { debug() {}, info() {}, warn() {}, error() {} },
    },
    () => {},
  )
  const hear = async (message: TrackerMessage) => {
    announcement.heard(message)
    await vi.advanceTimersByTimeAsync(0)
  }
  return { announcement, frames, made, open, hear }
}

/** Makes descriptions, and connects to nobody. */
class TestConnection extends EventTarget {
  closed = false
  answered = false
  iceGatheringState = 'complete'
  localDescription = { type: 'offer', sdp: 'v=0' }
  connectionState = 'new'
  ondatachannel = null
  createDataChannel = () => Object.assign(new EventTarget(), { readyState: 'connecting' })
  createOffer = () => Promise.resolve(this.localDescription)
  createAnswer = () => Promise.resolve(this.localDescription)
  setLocalDescription = () => Promise.resolve()
  setRemoteDescription = () => {
    this.answered = true
    return Promise.resolve()
  }
  close() {
    if (this.closed) return
    this.closed = true
    queueMicrotask(() => this.dispatchEvent(new Event('close')))
  }
}

const offered = (offerId: string): TrackerMessage => ({
  type: 'offer',
  infoHash: anInfoHash(),
  peer: PEER,
  offerId,
  description: { type: 'offer', sdp: 'v=0' },
})
const answered = (offerId: string): TrackerMessage => ({
  type: 'answer',
  infoHash: anInfoHash(),
  peer: PEER,
  offerId,
  description: { type: 'answer', sdp: 'v=0' },
})
const others = (count: number): TrackerMessage => ({
  type: 'announced',
  infoHash: anInfoHash(),
  interval: 120_000,
  seeds: count,
  leeches: 1,
  warning: null,
})
const answersIn = (frames: readonly Frame[]) =>
  frames.filter(({ answer }) => answer !== undefined).map(({ offer_id }) => offer_id)
const offersIn = (frame: Frame | undefined) => (frame?.offers ?? []).map((one) => one.offer_id)

test('a peer that offers again is answered again, and what it gave up is closed', async () => {
  const { frames, made, hear } = announcing()

  await hear(offered('first'))
  await vi.advanceTimersByTimeAsync(10_000)
  await hear(offered('second'))

  expect(answersIn(frames)).toEqual(['first', 'second'])
  expect(made.map(({ closed }) => closed)).toEqual([true, false])
})

test('a peer that offers again and again at once is answered once', async () => {
  const { frames, hear } = announcing()

  await hear(offered('first'))
  await vi.advanceTimersByTimeAsync(1_000)
  await hear(offered('second'))

  expect(answersIn(frames)).toEqual(['first'])
})

test('an answer that comes after the next announce is taken all the same', async () => {
  const { announcement, frames, made, hear } = announcing()
  announcement.opened()
  await vi.advanceTimersByTimeAsync(0)
  await hear(others(1))
  const [first] = offersIn(frames[0])

  await vi.advanceTimersByTimeAsync(10_000)
  await hear(others(1))
  await hear(answered(first!))

  expect(frames).toHaveLength(2)
  expect(made[0]).toMatchObject({ answered: true, closed: false })
})

test('what is left over of an announce is closed, and what stood before stays', async () => {
  const { announcement, made, hear, open } = announcing()
  announcement.opened()
  await vi.advanceTimersByTimeAsync(0)
  await hear(others(1))

  await vi.advanceTimersByTimeAsync(10_000)
  await hear(others(1))

  expect(made.length).toBe(5 + 1)
  expect(open()).toEqual([made[0], made[5]])
})

test('earlier offers give way where there is no room for new ones', async () => {
  const { announcement, frames, made, hear, open } = announcing({ room: 5 })
  announcement.opened()
  await vi.advanceTimersByTimeAsync(0)
  await hear(others(5))

  await vi.advanceTimersByTimeAsync(10_000)

  expect(offersIn(frames[1])).toHaveLength(5)
  expect(open()).toEqual(made.slice(5))
})

test('a peer that is being met is not offered another connection', async () => {
  const { announcement, frames, hear } = announcing()
  announcement.opened()
  await vi.advanceTimersByTimeAsync(0)
  await hear(others(1))
  const [first] = offersIn(frames[0])
  await hear(answered(first!))

  await vi.advanceTimersByTimeAsync(10_000)

  expect(offersIn(frames[1])).toEqual([])
})

test('when what was answered comes to nothing it is tried again at once, then less soon', async () => {
  const { announcement, frames, made, hear } = announcing()
  announcement.opened()
  await vi.advanceTimersByTimeAsync(0)
  await hear(others(1))
  await hear(answered(offersIn(frames[0])[0]!))
  await vi.advanceTimersByTimeAsync(10_000)
  await hear(others(1))
  await vi.advanceTimersByTimeAsync(15_000)
  const before = frames.length

  made[0]?.close()
  await vi.advanceTimersByTimeAsync(100)

  expect(frames).toHaveLength(before + 1)
  expect(offersIn(frames.at(-1))).toHaveLength(1)
})
