import type { EngineError } from '../model/errors.ts'
import type { CreationId, InfoHash } from '../model/ids.ts'
import type { Result } from '../model/result.ts'
import type {
  AddOptions,
  SeedFile,
  Seeded,
  SeedOptions,
  TorrentPreview,
  TorrentSource,
} from '../model/torrent.ts'

/** One way of getting and giving files: BitTorrent, or a plain URL. */
export interface ProtocolHandler {
  readonly name: 'bittorrent' | 'http'

  /** Whether this handler takes the source, by its looks alone; asks no network. */
  supports(source: TorrentSource): boolean

  /** What is inside. May ask peers or a server; `signal` ends the asking. */
  preview(source: TorrentSource, signal: AbortSignal): Promise<Result<TorrentPreview, EngineError>>

  /** Starts it and answers once it is accepted; the rest arrives as state. */
  download(source: TorrentSource, options: AddOptions): Promise<Result<InfoHash, EngineError>>

  /** Makes a torrent of files and seeds it. `engine/unsupported` where the protocol has no such thing. */
  seed(
    id: CreationId,
    files: readonly SeedFile[],
    options: SeedOptions,
    signal: AbortSignal,
  ): Promise<Result<Seeded, EngineError>>
}
