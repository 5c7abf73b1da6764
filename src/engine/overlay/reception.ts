import type { OverlayStream } from '../contracts/overlay.ts'
import type { InfoHash, PeerId, WirePeerId } from '../model/ids.ts'
import { SECOND, type Millis } from '../model/units.ts'
import { makeAnsweringPlaces } from './answering-places.ts'
import { converse, type Conversation } from './conversation.ts'
import { answerDirect, type DirectPathDeps } from './direct-path.ts'
import type { OverlayRoad } from './overlay-road.ts'
import type { OverlaySwarm } from './overlay-swarm.ts'
import { makeRelayedChannel, type RelayedChannel } from './relayed-channel.ts'
import type { Refusal, SignalMessage } from './signal-messages.ts'

/** Relayed wires a torrent serves: the relay pays for each. */
const MAX_RELAYED_SERVED = 4
/** From the stream to what it is about. */
const SAY_WITHIN: Millis = 10 * SECOND
/** An answer and everything that follows it. */
const ANSWER_WITHIN: Millis = 30 * SECOND

export interface ReceptionDeps extends Pick<DirectPathDeps, 'rtc'> {
  readonly self: PeerId
  readonly wirePeerId: WirePeerId
  swarm(infoHash: InfoHash): OverlaySwarm | undefined
  /** Holds the connection to this peer open; the answer lets go of it. */
  lease(peer: PeerId): () => void
  relayed(peer: PeerId, channel: RelayedChannel): void
}

/** Answers those who found us. */
export interface Reception {
  /** A stream of the protocol for signals. */
  signal(stream: OverlayStream): void
  /** A stream of the protocol for a relayed wire. */
  wire(stream: OverlayStream): void
}

export function makeReception(deps: ReceptionDeps): Reception {
  const places = makeAnsweringPlaces()
  const relayed = new Map<OverlaySwarm, number>()

  /** The conversation has a place for as long as `act` takes. */
  const receive = async (
    stream: OverlayStream,
    about: 'offer' | 'wire',
    act: (talk: Conversation, message: SignalMessage, signal: AbortSignal) => Promise<void>,
  ) => {
    const talk = converse(stream)
    const { peerId } = stream
    const place = places.take(peerId)
    if (place === null) return refuse(talk, 'busy')
    const giveWay = () => stream.abort('another peer waits')
    place.signal.addEventListener('abort', giveWay, { once: true })
    const release = deps.lease(peerId)
    const patience = setTimeout(() => stream.abort('it said nothing'), SAY_WITHIN)
    try {
      const message = await talk.next()
      clearTimeout(patience)
      if (message?.type === about) await act(talk, message, place.signal)
      else refuse(talk, 'malformed')
    } finally {
      clearTimeout(patience)
      release()
      place.signal.removeEventListener('abort', giveWay)
      place.leave()
    }
  }

  const answer = async (talk: Conversation, message: SignalMessage, lost: AbortSignal) => {
    if (message.type !== 'offer') return
    const { peerId: identity } = talk.stream
    const { wirePeerId, sdp } = message
    const swarm = deps.swarm(message.infoHash)
    const refusal = refusalOf(swarm, { identity, wirePeerId, path: 'direct' })
    if (swarm === undefined || refusal !== null) return refuse(talk, refusal ?? 'unknown-torrent')
    if (deps.rtc.budget.room() <= 0) return refuse(talk, 'busy')
    if (swarm.offering(identity)) {
      // Both offered at once: both know whose id comes first, and that one's offer goes on.
      if (deps.self < identity) return refuse(talk, 'glare')
      swarm.yieldTo(identity)
    }
    const signal = AbortSignal.any([lost, AbortSignal.timeout(ANSWER_WITHIN)])
    const how = { rtc: deps.rtc, rtcConfig: () => swarm.search.rtcConfig() }
    const open = await answerDirect(how, talk, sdp, deps.wirePeerId, signal)
    talk.end()
    if (open === null) return
    const { arrivals: source } = swarm.door
    const road: OverlayRoad = { ...open, identity, source, wirePeerId, path: 'direct' }
    if (swarm.left || !swarm.search.accepts(road)) return open.close()
    swarm.search.onRoad(road)
  }

  const serve = async (talk: Conversation, message: SignalMessage) => {
    if (message.type !== 'wire') return
    const { peerId: identity } = talk.stream
    const { wirePeerId } = message
    const swarm = deps.swarm(message.infoHash)
    const refusal = refusalOf(swarm, { identity, wirePeerId, path: 'relayed' })
    if (swarm === undefined || refusal !== null) return refuse(talk, refusal ?? 'unknown-torrent')
    const serving = relayed.get(swarm) ?? 0
    if (serving >= MAX_RELAYED_SERVED) return refuse(talk, 'busy')
    talk.say({ type: 'accept', wirePeerId: deps.wirePeerId })
    const channel = makeRelayedChannel(talk)
    relayed.set(swarm, serving + 1)
    channel.addEventListener('close', () => {
      const left = (relayed.get(swarm) ?? 1) - 1
      if (left === 0) relayed.delete(swarm)
      else relayed.set(swarm, left)
    })
    deps.relayed(identity, channel)
    swarm.search.onRoad({
      channel,
      identity,
      source: swarm.door.arrivals,
      wirePeerId,
      path: 'relayed',
      close: () => channel.close(),
    })
  }

  return {
    signal: (stream) => void receive(stream, 'offer', answer),
    wire: (stream) => void receive(stream, 'wire', serve),
  }
}

/** Whoever may not take part, or is banned, hears the same as somebody who asks for what is not here. */
function refusalOf(
  swarm: OverlaySwarm | undefined,
  peer: Pick<OverlayRoad, 'identity' | 'wirePeerId' | 'path'>,
): Refusal | null {
  if (swarm === undefined || swarm.left || !swarm.door.admits(peer.identity))
    return 'unknown-torrent'
  const linked = swarm.search.linked(peer)
  if (linked === 'direct' || linked === peer.path) return 'duplicate'
  if (swarm.search.room() <= 0) return 'busy'
  return swarm.search.accepts(peer) ? null : 'unknown-torrent'
}

function refuse(talk: Conversation, reason: Refusal): void {
  talk.say({ type: 'refuse', reason })
  talk.end()
}
