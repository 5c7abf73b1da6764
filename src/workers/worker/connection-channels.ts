import type { Bytes } from '../../engine/model/units.ts'
import type { ChannelFacts, ChannelId, PumpToPage, PumpToWorker } from '../protocol/rtc.ts'
import { PumpedChannel } from './pumped-channel.ts'
import { ShimChannel } from './shim-channel.ts'

/** Channels one peer may have open; a swarm uses a few, libp2p one for each stream. */
const MAX_PEER_CHANNELS = 256

interface ConnectionChannelsDeps {
  readonly maxMessageSize: () => Bytes | null
  /** To the page's end of a channel whose bytes are carried. */
  readonly post: (channel: ChannelId, message: PumpToPage, transfer?: Transferable[]) => void
}

/** The channels of one connection that are not closed yet. */
export interface ConnectionChannels {
  /** Made here; the real one follows. */
  add(facts: Omit<ChannelFacts, 'readyState'>): readonly [ChannelId, ShimChannel]
  /**
   * The real channel is there, or its bytes will be carried when `carried` is null. Answers
   * the channel if the peer made it and may have it.
   */
  arrive(
    channel: ChannelId,
    facts: ChannelFacts,
    carried: RTCDataChannel | null,
  ): ShimChannel | null
  /** The page could not make the channel. */
  refuse(channel: ChannelId, error: Error): void
  take(channel: ChannelId, message: PumpToWorker): void
  endAll(): void
}

export function makeConnectionChannels(deps: ConnectionChannelsDeps): ConnectionChannels {
  const channels = new Map<ChannelId, ShimChannel>()
  const pumps = new Map<ChannelId, PumpedChannel>()
  let nextOwn: ChannelId = 1

  const put = (key: ChannelId, facts: Omit<ChannelFacts, 'readyState'>): ShimChannel => {
    const channel = new ShimChannel({ ...facts, maxMessageSize: deps.maxMessageSize })
    channels.set(key, channel)
    channel.addEventListener('close', () => channels.delete(key))
    return channel
  }

  const pumpFor = (key: ChannelId, facts: ChannelFacts): PumpedChannel => {
    const pumped = new PumpedChannel(facts, (message, transfer) =>
      deps.post(key, message, transfer),
    )
    pumps.set(key, pumped)
    pumped.addEventListener('close', () => pumps.delete(key))
    return pumped
  }

  const fromPeers = () => {
    let count = 0
    for (const key of channels.keys()) if (key < 0) count++
    return count
  }

  return {
    add(facts) {
      const key = nextOwn++
      return [key, put(key, facts)]
    },
    arrive(key, facts, carried) {
      const raw = carried ?? pumpFor(key, facts)
      const ours = key > 0
      const channel = ours ? channels.get(key) : fromPeers() < MAX_PEER_CHANNELS && put(key, facts)
      if (!channel) {
        // Closed by its user before it came, or one too many.
        raw.close()
        return null
      }
      channel.attach(raw)
      return ours ? null : channel
    },
    refuse(key, error) {
      channels.get(key)?.end(error)
    },
    take(key, message) {
      pumps.get(key)?.take(message)
    },
    endAll() {
      for (const channel of channels.values()) channel.end()
      channels.clear()
      pumps.clear()
    },
  }
}
