import { expect, test } from 'vitest'
import type { RtcConnections } from '../../../../src/engine/contracts/rtc.ts'
import type { InfoHash, WirePeerId } from '../../../../src/engine/model/ids.ts'
import { converse } from '../../../../src/engine/overlay/conversation.ts'
import { makeReception } from '../../../../src/engine/overlay/reception.ts'
import type { SignalMessage } from '../../../../src/engine/overlay/signal-messages.ts'
import { ALICE, BOB, strangers, streamPair } from '../../../support/stream-pair.ts'

const OFFER: SignalMessage = {
  type: 'offer',
  infoHash: 'ab'.repeat(20) as InfoHash,
  wirePeerId: 'cd'.repeat(20) as WirePeerId,
  sdp: 'v=0',
}

/** Shares nothing, so that whoever is heard is told so. */
function setUp() {
  const rtc: RtcConnections = {
    make: () => {
      throw new Error('nobody is offered anything that is here')
    },
    budget: { live: 0, pending: 0, room: () => 8 },
  }
  return makeReception({
    rtc,
    self: ALICE,
    wirePeerId: 'ef'.repeat(20) as WirePeerId,
    swarm: () => undefined,
    lease: () => () => {},
    relayed: () => {},
  })
}

test('while four others say nothing on two streams each, who speaks is answered at once', async () => {
  const reception = setUp()
  const silent = strangers(4).flatMap((peer) => [
    streamPair({ at: peer }),
    streamPair({ at: peer }),
  ])
  for (const [here] of silent) reception.signal(here)

  const [here, there] = streamPair({ at: BOB })
  reception.signal(here)
  const talk = converse(there)
  talk.say(OFFER)

  expect(await talk.next()).toEqual({ type: 'refuse', reason: 'unknown-torrent' })
  expect(silent.filter(([{ abortedFor }]) => abortedFor !== null)).toHaveLength(1)
})

test('one that opens more than its share is told to come later, and the others are left alone', async () => {
  const reception = setUp()
  const [first, second] = [streamPair({ at: BOB }), streamPair({ at: BOB })]
  reception.signal(first[0])
  reception.signal(second[0])

  const [here, there] = streamPair({ at: BOB })
  reception.signal(here)

  expect(await converse(there).next()).toEqual({ type: 'refuse', reason: 'busy' })
  expect([first[0].abortedFor, second[0].abortedFor]).toEqual([null, null])
})
