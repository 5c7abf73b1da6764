import type { FoundPeer, OverlayNode } from '../contracts/overlay.ts'
import type { PeerId, WirePeerId } from '../model/ids.ts'
import { SIGNAL_PROTOCOL, WIRE_PROTOCOL } from '../model/overlay-ids.ts'
import { SECOND, type Millis } from '../model/units.ts'
import { converse, type Conversation } from './conversation.ts'
import type { OwnRelay } from './dial-addresses.ts'
import { offerDirect, type DirectOutcome, type DirectPathDeps } from './direct-path.ts'
import type { OverlayRoad, OverlaySearch } from './overlay-road.ts'
import { makeRelayedChannel, type RelayedChannel } from './relayed-channel.ts'

const DIAL_WITHIN: Millis = 20 * SECOND

export interface MeetDeps extends Pick<DirectPathDeps, 'rtc'> {
  ownRelays(): readonly OwnRelay[]
  readonly wirePeerId: WirePeerId
  /** A wire goes through a relay from now on: held open and counted until it is closed. */
  relayed(peer: PeerId, channel: RelayedChannel): void
}

/** Whether a wire may go through a relay when nothing else leads to the peer. */
export interface RelayedLeave {
  mayAsk(): boolean
  /** The relayed wire closed because all that it may carry was carried. */
  onSpent(): void
}

/**
 * Dials one peer that was let in, offers a direct path, and asks for a relayed wire where there is
 * none. True when a road was found that was not there before; `search` has it then.
 */
export async function meetPeer(
  deps: MeetDeps,
  search: OverlaySearch,
  node: OverlayNode,
  to: FoundPeer,
  source: OverlayRoad['source'],
  leave: RelayedLeave,
  signal: AbortSignal,
): Promise<boolean> {
  const { infoHash } = search
  const { peerId: identity } = to
  const open = async (protocol: string): Promise<Conversation> => {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(DIAL_WITHIN)])
    return converse(await node.open(to, protocol, patience))
  }

  const offer = async (): Promise<DirectOutcome> => {
    const rtcConfig = () => search.rtcConfig()
    if (rtcConfig() === null) return { found: 'no-path' }
    const talk = await open(SIGNAL_PROTOCOL)
    const offer = { infoHash, wirePeerId: deps.wirePeerId }
    const { rtc } = deps
    return offerDirect({ rtc, rtcConfig }, talk, offer, signal).finally(() => talk.end())
  }

  const outcome = await offer()
  if (outcome.found === 'direct') {
    const { channel, close } = outcome.open
    const { wirePeerId } = outcome
    const road = { channel, close, identity, source, wirePeerId, path: 'direct' } as const
    if (signal.aborted || !search.accepts(road)) {
      close()
      return false
    }
    search.onRoad(road)
    return true
  }
  if (outcome.found !== 'no-path' || signal.aborted || !leave.mayAsk()) return false

  const wire = await open(WIRE_PROTOCOL)
  const accepted = await ask(wire, { type: 'wire', infoHash, wirePeerId: deps.wirePeerId })
  if (accepted?.type !== 'accept' || signal.aborted || !leave.mayAsk()) {
    wire.end()
    return false
  }
  const { wirePeerId } = accepted
  const channel = makeRelayedChannel(wire)
  const close = () => channel.close()
  const road = { channel, close, identity, source, wirePeerId, path: 'relayed' } as const
  if (!search.accepts(road)) {
    channel.close()
    return false
  }
  deps.relayed(identity, channel)
  channel.addEventListener('close', () => {
    if (channel.bytesLeft === 0) leave.onSpent()
  })
  search.onRoad(road)
  return true
}

async function ask(talk: Conversation, question: Parameters<Conversation['say']>[0]) {
  talk.say(question)
  const patience = setTimeout(() => talk.stream.abort('no answer'), DIAL_WITHIN)
  try {
    return await talk.next()
  } finally {
    clearTimeout(patience)
  }
}
