/** What the tests compare our parsers with; none of these ships types. */

declare module 'bencode' {
  const bencode: {
    decode(bytes: Uint8Array): unknown
    encode(value: unknown): Uint8Array
  }
  export default bencode
}

declare module 'parse-torrent' {
  export interface ParsedTorrent {
    infoHash: string
    name: string
    pieceLength: number
    length: number
    private?: boolean
    announce: string[]
    urlList: string[]
    comment?: string
    pieces: string[]
    files: { path: string; length: number; offset: number }[]
  }
  export default function parseTorrent(torrent: Uint8Array | string): Promise<ParsedTorrent>
}

declare module 'magnet-uri' {
  export default function decode(uri: string): {
    infoHash?: string
    name?: string
    announce: string[]
    urlList: string[]
    so?: number[]
  }
}

declare module 'webtorrent-fixtures' {
  import type { ParsedTorrent } from 'parse-torrent'

  export interface Fixture {
    contentPath?: string
    content?: Uint8Array
    torrentPath?: string
    torrent?: Uint8Array
    parsedTorrent?: ParsedTorrent
    magnetURI?: string
  }
  const fixtures: Record<string, Fixture>
  export default fixtures
}
