import { createServer } from 'node:http'
import type { OverlaySize } from './overlay/overlay-relay.ts'
import type { RedemptionSize } from './redemptions/redemptions.ts'
import type { WebTracker } from './web-tracker.ts'

/** Figures of the whole relay, none of which names anybody. */
export interface RelayFigures {
  readonly tracker: WebTracker['size']
  readonly redemptions: RedemptionSize
  /** `null` without an overlay. */
  readonly overlay: OverlaySize | null
  /** `null` without STUN. */
  readonly stunAnswers: number | null
}

export interface MetricsServer {
  readonly port: number
  close(): Promise<void>
}

/**
 * Answers `GET /metrics` for Prometheus, on the loopback interface only. A port of its own: on the
 * public one a proxy on the same machine would make everybody look local.
 *
 * Rejects when the port cannot be opened.
 */
export async function startMetricsServer(
  port: number,
  figures: () => RelayFigures,
): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    const isKnown = request.url === '/metrics' && request.method === 'GET'
    response.writeHead(isKnown ? 200 : 404, {
      'Content-Type': 'text/plain; version=0.0.4; charset=utf-8',
      'Cache-Control': 'no-store',
    })
    response.end(isKnown ? exposition(figures()) : 'GET /metrics\n')
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.address()

  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}

type Sample = readonly [name: string, kind: 'gauge' | 'counter', help: string, value: number]

/** The text format of Prometheus, version 0.0.4. */
export function exposition({ tracker, redemptions, overlay, stunAnswers }: RelayFigures): string {
  const memory = process.memoryUsage()
  const samples: Sample[] = [
    ['tracker_connections', 'gauge', 'WebSockets of the tracker', tracker.connections],
    ['tracker_swarms', 'gauge', 'Swarms with at least one peer', tracker.swarms],
    ['tracker_memberships', 'gauge', 'Peers in swarms', tracker.memberships],
    ...redemptionSamples(redemptions),
    ['resident_memory_bytes', 'gauge', 'Memory of the process', memory.rss],
    ['heap_used_bytes', 'gauge', 'JavaScript heap in use', memory.heapUsed],
    ['cpu_seconds_total', 'counter', 'Processor time', process.cpuUsage().user / 1e6],
    ...(overlay === null ? [] : overlaySamples(overlay)),
    ...(stunAnswers === null
      ? []
      : [['stun_answers_total', 'counter', 'STUN requests answered', stunAnswers] as const]),
  ]
  return samples
    .map(([name, kind, help, value]) => {
      const full = `chiral_relay_${name}`
      return `# HELP ${full} ${help}.\n# TYPE ${full} ${kind}\n${full} ${value}\n`
    })
    .join('')
}

function redemptionSamples(size: RedemptionSize): Sample[] {
  return [
    ['invites', 'gauge', 'Invites whose uses are counted', size.tokens],
    ['invite_uses', 'gauge', 'Uses of invites remembered', size.claims],
    ['invite_uses_granted_total', 'counter', 'Uses of invites granted', size.granted],
    ['invite_uses_refused_total', 'counter', 'Uses of invites refused', size.refused],
  ]
}

function overlaySamples(overlay: OverlaySize): Sample[] {
  return [
    ['connections', 'gauge', 'libp2p connections', overlay.connections],
    ['reservations', 'gauge', 'Peers that may be called through this relay', overlay.reservations],
    ['circuits', 'gauge', 'Relayed connections', overlay.circuits],
    ['relayed_bytes_total', 'counter', 'Bytes through circuits', overlay.relayedBytes],
    ['provider_records', 'gauge', 'Provider records of the DHT', overlay.providers],
    ['known_peers', 'gauge', 'Peers remembered', overlay.knownPeers],
    ['peer_relays', 'gauge', 'Other relays configured', overlay.peerRelays],
    ['peer_relays_connected', 'gauge', 'Other relays connected', overlay.connectedPeerRelays],
  ]
}
