import type Wire from 'bittorrent-protocol'
import type { EngineError } from '../model/errors.ts'
import type { InfoHash } from '../model/ids.ts'
import type { Metainfo } from '../model/metainfo.ts'
import { parseInfo } from '../parse-metainfo.ts'

export interface MetadataWatch {
  readonly infoHash: InfoHash
  known(): boolean
  /** The torrent was left: nothing is decoded any more. */
  ended(): boolean
  /** The peer is of no use. */
  close(reason: string): void
  /** Called while it is not known; it is known from then on. */
  onMetainfo(metainfo: Metainfo): void
  onFailure(error: EngineError): void
}

/** Stands before `ut_metadata` decodes anything: its decoder does not end on hostile lengths. */
export function watchMetadata(wire: Wire, watch: MetadataWatch): void {
  const exchange = wire.ut_metadata
  if (exchange === undefined || watch.known()) return
  const accept = exchange.setMetadata.bind(exchange)
  exchange.setMetadata = async (bytes) => {
    if (watch.ended()) return true
    if (!watch.known()) {
      const parsed = await parseInfo(bytes, watch.infoHash)
      if (!parsed.ok) {
        if (parsed.error.kind === 'input/metainfo' && parsed.error.reason === 'info-hash') {
          watch.close('its metadata has another info hash')
        } else {
          watch.onFailure(parsed.error)
        }
        return true // true keeps it from asking the same peer again
      }
      if (!watch.known() && !watch.ended()) watch.onMetainfo(parsed.value)
    }
    return accept(bytes)
  }
}
