import './shims/node-globals.ts'
import WebTorrent from 'webtorrent'
import type { JoinSpec, SwarmEvents, TorrentClient } from '../contracts/torrent-client.ts'
import { hexOf, type WirePeerId } from '../model/ids.ts'
import { joinWithWebTorrent } from './webtorrent-torrent.ts'

/** Azureus-style prefix (BEP 20): `CW` is ours, then the version. */
const WIRE_PEER_ID_PREFIX = '-CW0100-'

/**
 * WebTorrent 3 with everything off that finds peers, opens ports or stores: it keeps the wire
 * protocol and the bookkeeping of pieces.
 */
export function makeWebTorrentClient(): TorrentClient {
  const wirePeerId = freshWirePeerId()
  const client = new WebTorrent({
    peerId: wirePeerId,
    tracker: false,
    dht: false,
    lsd: false,
    utPex: false,
    natUpnp: false,
    natPmp: false,
    webSeeds: false,
    secure: 0,
  })

  return {
    wirePeerId,
    join: (spec: JoinSpec, events: SwarmEvents) => joinWithWebTorrent(client, spec, events),
    stop: () => new Promise((resolve) => client.destroy(() => resolve())),
  }
}

function freshWirePeerId(): WirePeerId {
  const bytes = crypto.getRandomValues(new Uint8Array(20))
  bytes.set(new TextEncoder().encode(WIRE_PEER_ID_PREFIX))
  // 40 hex digits, which is all the type says.
  return hexOf(bytes) as WirePeerId
}
