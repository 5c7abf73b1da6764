import type { InfoHash } from './ids.ts'
import type { Bytes } from './units.ts'

/** A `.torrent` that was read and found sound: every length adds up, every path stays inside. */
export interface Metainfo {
  readonly infoHash: InfoHash
  readonly name: string
  readonly pieceLength: Bytes
  /** `pieceCount` digests of 20 bytes, end to end. */
  readonly pieceHashes: Uint8Array<ArrayBuffer>
  readonly pieceCount: number
  readonly totalBytes: Bytes
  /** In the order of the info dictionary. Pad files (BEP 47) are files like any other here. */
  readonly files: readonly MetainfoFile[]
  /** True when the torrent is one file, not a folder with one file in it. */
  readonly single: boolean
  readonly private: boolean
  readonly trackers: readonly string[]
  readonly webSeeds: readonly string[]
  readonly comment: string | null
  /** The bencoded info dictionary, byte for byte: its SHA-1 is the info hash. */
  readonly info: Uint8Array<ArrayBuffer>
}

export interface MetainfoFile {
  /** Parts joined by `/`, beginning with the torrent's name for a folder. Unique, relative, no `..`. */
  readonly path: string
  readonly length: Bytes
  /** Where the file begins in the torrent's bytes. */
  readonly offset: Bytes
}
