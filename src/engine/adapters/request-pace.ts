import type Wire from 'bittorrent-protocol'
import type { Torrent } from 'webtorrent'
import { MIB, SECOND, type BytesPerSecond, type Millis } from '../model/units.ts'

/**
 * WebTorrent keeps half a second to a second of blocks on order with a peer, by the rate it
 * measured. A new peer has no rate: it would begin with two blocks and double them with each round
 * trip, which took half a second of a download on one machine. It is asked for this much at first.
 */
const FIRST_RATE: BytesPerSecond = MIB
/** Then there is a measured rate. */
const FIRST_TIME: Millis = 3 * SECOND

/**
 * Enough on order for anybody. WebTorrent would top up what a peer lets us queue block by block,
 * each in a message of its own; from below this mark it asks for many at once.
 */
const ENOUGH_REQUESTS = 384

/**
 * Asks new peers for more, and all of them less often. Overrides how this torrent decides when to
 * ask; tell it of every wire before its first block.
 */
export function paceRequests(torrent: Torrent): { newWire(wire: Wire): void } {
  let asking: Wire | null = null
  let planned = false

  const ask = torrent._updateWire.bind(torrent)
  torrent._updateWire = (wire) => {
    if (wire.requests.length >= ENOUGH_REQUESTS) return
    asking = wire
    ask(wire)
    asking = null
  }

  // Called for every block, and looks at every wire: once for all blocks of a message is enough.
  torrent._update = () => {
    if (planned) return
    planned = true
    queueMicrotask(() => {
      planned = false
      torrent._updateWireWrapper()
    })
  }

  return {
    newWire(wire) {
      const measure = wire.downloadSpeed
      let firstAt: Millis | null = null
      wire.downloadSpeed = (bytes) => {
        const measured = measure(bytes)
        if (asking !== wire || wire.downloaded === 0) return measured
        firstAt ??= performance.now()
        return performance.now() - firstAt < FIRST_TIME ? Math.max(measured, FIRST_RATE) : measured
      }
    },
  }
}
