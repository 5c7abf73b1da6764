import type { OverlayStream } from '../contracts/overlay.ts'
import type { PeerId, SwarmId } from '../model/ids.ts'
import { SECOND, type Millis } from '../model/units.ts'
import { makeTalk } from '../overlay/talk.ts'
import { equalBytes } from '@noble/curves/utils.js'
import type { Door } from './door.ts'
import { answeringTag, askingTag, swarmMeant, type Meeting } from './hello.ts'
import { freshBytes } from './kept-swarm.ts'
import { NONCE_LENGTH, SWARM_LANGUAGE } from './swarm-messages.ts'

/** All of a talk, a whole log and a slow passphrase included. */
const TALK_WITHIN: Millis = 30 * SECOND
/** From the stream to the first word. */
const SAY_WITHIN: Millis = 10 * SECOND

/** Asks whoever is at the other end. True when each of us lets the other in now. */
export async function askIn(
  stream: OverlayStream,
  self: PeerId,
  swarm: SwarmId,
  door: Door,
): Promise<boolean> {
  const talk = makeTalk(stream, SWARM_LANGUAGE)
  const patience = setTimeout(() => stream.abort('the talk took too long'), TALK_WITHIN)
  try {
    const asking = freshBytes(NONCE_LENGTH)
    const peers = { asking: self, answering: stream.peerId }
    const tag = askingTag(swarm, { ...peers, nonces: { asking } })
    talk.say({ type: 'hello', nonce: asking, tag })
    const reply = await talk.next()
    if (reply?.type !== 'hello') return false
    const meeting: Meeting = { ...peers, nonces: { asking, answering: reply.nonce } }
    if (!equalBytes(answeringTag(swarm, meeting), reply.tag)) return false
    return await door.ask(talk, meeting)
  } finally {
    clearTimeout(patience)
    talk.end()
  }
}

/** Answers whoever came to us. A peer that knows none of our swarms learns nothing about any. */
export async function answerIn(
  stream: OverlayStream,
  self: PeerId,
  swarms: ReadonlyMap<SwarmId, Door>,
): Promise<void> {
  const talk = makeTalk(stream, SWARM_LANGUAGE)
  let patience = setTimeout(() => stream.abort('it said nothing'), SAY_WITHIN)
  try {
    const hello = await talk.next()
    if (hello?.type !== 'hello') return
    const peers = { asking: stream.peerId, answering: self }
    const asking = hello.nonce
    const swarm = swarmMeant(swarms.keys(), { ...peers, nonces: { asking } }, hello.tag)
    const door = swarm === null ? undefined : swarms.get(swarm)
    if (swarm === null || door === undefined) {
      talk.say({ type: 'refuse', reason: 'unknown' })
      return
    }
    clearTimeout(patience)
    patience = setTimeout(() => stream.abort('the talk took too long'), TALK_WITHIN)
    const answering = freshBytes(NONCE_LENGTH)
    const meeting: Meeting = { ...peers, nonces: { asking, answering } }
    talk.say({ type: 'hello', nonce: answering, tag: answeringTag(swarm, meeting) })
    const first = await talk.next()
    if (first !== null) await door.answer(talk, meeting, first)
  } finally {
    clearTimeout(patience)
    talk.end()
  }
}
