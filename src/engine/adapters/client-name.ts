import type Wire from 'bittorrent-protocol'

const MAX_NAME_LENGTH = 60
/** Azureus-style prefixes (BEP 20) of clients that speak WebRTC. */
const CLIENTS: Readonly<Record<string, string>> = {
  CW: 'Chiral Web',
  WW: 'WebTorrent',
  WD: 'WebTorrent Desktop',
  LT: 'libtorrent',
  lt: 'rTorrent',
  BI: 'BiglyBT',
  PT: 'PeerTube',
}

/** What a peer calls its client: foreign text, cut, or null. */
export function clientName(wire: Wire): string | null {
  const said = wire.peerExtendedHandshake.v
  if (said instanceof Uint8Array && said.length > 0) {
    return new TextDecoder().decode(said.subarray(0, MAX_NAME_LENGTH * 4)).slice(0, MAX_NAME_LENGTH)
  }
  const prefix = /^2d((?:[0-9a-f]{2}){2})((?:3[0-9]){4})2d/.exec(wire.peerId ?? '')
  if (prefix === null) return null
  const [, letters = '', digits = ''] = prefix
  const code = textOf(letters)
  const version = textOf(digits)
  return `${CLIENTS[code] ?? code} ${Number(version.slice(0, 2))}.${Number(version.slice(2))}`
}

function textOf(hex: string): string {
  return String.fromCharCode(...(hex.match(/../g) ?? []).map((pair) => parseInt(pair, 16)))
}
