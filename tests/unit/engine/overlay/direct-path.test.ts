import { expect, test } from 'vitest'
import type { RtcConnections } from '../../../../src/engine/contracts/rtc.ts'
import type { InfoHash, WirePeerId } from '../../../../src/engine/model/ids.ts'
import { converse } from '../../../../src/engine/overlay/conversation.ts'
import { answerDirect, offerDirect } from '../../../../src/engine/overlay/direct-path.ts'
import { streamPair } from '../../../support/stream-pair.ts'

// 20 bytes each, as the types want them.
const INFO_HASH = 'ab'.repeat(20) as InfoHash
const WIRE_PEER_ID = 'cd'.repeat(20) as WirePeerId

/** Of somebody who may make no connection at all. */
const nowhere = {
  rtc: {
    make: () => expect.unreachable('a connection was made'),
    budget: { live: 0, pending: 0, room: () => 1 },
  } satisfies RtcConnections,
  rtcConfig: () => null,
}
const NEVER = new AbortController().signal

test('who may say nowhere where it is offers nothing, and says nothing', async () => {
  const [ours] = streamPair()

  const outcome = await offerDirect(
    nowhere,
    converse(ours),
    { infoHash: INFO_HASH, wirePeerId: WIRE_PEER_ID },
    NEVER,
  )

  expect(outcome).toEqual({ found: 'no-path' })
  expect(ours.sent).toEqual([])
})

test('an offer to it is refused in a way that leads to the relay', async () => {
  const [ours, theirs] = streamPair()
  const asking = converse(theirs)

  const open = await answerDirect(nowhere, converse(ours), 'v=0', WIRE_PEER_ID, NEVER)

  expect(open).toBeNull()
  expect(await asking.next()).toEqual({ type: 'refuse', reason: 'no-direct' })
})
