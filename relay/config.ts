import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { multiaddr } from '@multiformats/multiaddr'
import { isLogLevel, logLevels, type LogLevel } from './log.ts'
import { endpointOfUrl } from './overlay/relay-addresses.ts'

/** Everything an operator may decide. Read once, at start. */
export interface RelayConfig {
  /** TCP port; 0 lets the system choose one. */
  readonly port: number
  /** Address or name to listen on. */
  readonly host: string
  /** Absolute path of the folder with the built page; `null` serves the tracker alone. */
  readonly appFolder: string | null
  readonly logLevel: LogLevel
  /** A proxy in front writes `X-Forwarded-For`, and nobody gets past it. Not so when left out. */
  readonly trustProxy?: boolean
  /** Left out or `true`: browsers find and reach each other through this relay by libp2p. */
  readonly overlay?: boolean
  /**
   * Absolute path of the folder with the relay's key and the counted uses of invites; left out or
   * `null`: both last for this run.
   */
  readonly dataFolder?: string | null
  /** `https://host[:port]` that people open; left out or `null`: where the relay listens. */
  readonly publicUrl?: string | null
  /** TCP port for libp2p peers that are not browsers; left out or `null`: none. */
  readonly libp2pTcpPort?: number | null
  /** Multiaddrs, with peer id, of relays to stay connected to. */
  readonly peerRelays?: readonly string[]
  /** UDP port that tells browsers their address; left out: the number of `port`; `null`: none. */
  readonly stunPort?: number | null
  /** Where STUN and libp2p over TCP listen, which no HTTP proxy passes on; left out: `host`. */
  readonly directHost?: string
  /** TCP port on the loopback interface that answers `/metrics`; left out or `null`: none. */
  readonly metricsPort?: number | null
}

export type ConfigAnswer =
  | { readonly type: 'config'; readonly config: RelayConfig }
  | { readonly type: 'help' }
  | { readonly type: 'refused'; readonly sentence: string }

const DEFAULT_PORT = 8080
/** Nobody else's machine can reach it until the operator says so. */
const DEFAULT_HOST = '127.0.0.1'
const DEFAULT_APP_FOLDER = 'dist'
const DEFAULT_LOG_LEVEL: LogLevel = 'info'
const DEFAULT_DATA_FOLDER = 'relay-data'

const HOST = /^[\w.:%-]+$/

export const USAGE = `Usage: node relay/main.ts [options]

  --port <number>      port to listen on, 0 for any free one  (PORT, ${DEFAULT_PORT})
  --host <address>     address to listen on                   (HOST, ${DEFAULT_HOST})
  --dist <folder>      the built page                         (${DEFAULT_APP_FOLDER})
  --no-app             serve the tracker alone
  --log-level <level>  ${logLevels().join(', ')}       (${DEFAULT_LOG_LEVEL})
  --trust-proxy        take the client's address from X-Forwarded-For
  --public-url <url>   what people open, https://host         (PUBLIC_URL)

  --data <folder>      where key and counted uses are kept    (DATA_DIR, ${DEFAULT_DATA_FOLDER})
  --ephemeral          keep nothing: another identity each time
  --no-overlay         the tracker and the page, no libp2p
  --libp2p-tcp <port>  libp2p over TCP for peers that are not browsers
  --peer-relay <addr>  another relay's multiaddr to stay connected to; may be repeated
  --stun-port <port>   UDP port for STUN                      (the number of --port)
  --no-stun            no STUN
  --direct-host <addr> where STUN and libp2p over TCP listen   (the address of --host)
  --metrics-port <p>   figures for Prometheus, to this machine only

  --help               this text

A flag wins over the environment.`

/** Flags over environment over defaults. Nonsense is refused with one sentence, never repaired. */
export function readConfig(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): ConfigAnswer {
  const parsed = parseFlags(args)
  if (typeof parsed === 'string') return refused(parsed)
  if (parsed.help === true) return { type: 'help' }

  const portText = parsed.port ?? environment['PORT'] ?? String(DEFAULT_PORT)
  const port = portOf(portText)
  if (port === null) {
    return refused(`The port must be a whole number from 0 to 65535, not "${portText}".`)
  }

  const host = parsed.host ?? environment['HOST'] ?? DEFAULT_HOST
  if (!HOST.test(host)) {
    return refused(`The host must be an address or a name such as ${DEFAULT_HOST}, not "${host}".`)
  }

  const logLevel = parsed['log-level'] ?? DEFAULT_LOG_LEVEL
  if (!isLogLevel(logLevel)) {
    return refused(`The log level must be one of ${logLevels().join(', ')}, not "${logLevel}".`)
  }

  const withoutApp = parsed['no-app'] === true
  if (withoutApp && parsed.dist !== undefined) {
    return refused('Either --dist or --no-app, not both.')
  }
  if (parsed.dist === '') return refused('The folder after --dist is empty.')

  const appFolder = withoutApp ? null : resolve(parsed.dist ?? DEFAULT_APP_FOLDER)
  const trustProxy = parsed['trust-proxy'] === true
  const overlay = readOverlayConfig(parsed, environment)
  if (typeof overlay === 'string') return refused(overlay)
  return { type: 'config', config: { port, host, appFolder, logLevel, trustProxy, ...overlay } }
}

type Flags = Exclude<ReturnType<typeof parseFlags>, string>

/** The part that libp2p and STUN go by; a sentence when some of it is nonsense. */
function readOverlayConfig(
  flags: Flags,
  environment: Readonly<Record<string, string | undefined>>,
): Partial<RelayConfig> | string {
  if (flags.ephemeral === true && flags.data !== undefined) {
    return 'Either --data or --ephemeral, not both.'
  }
  const folder = flags.data ?? environment['DATA_DIR'] ?? DEFAULT_DATA_FOLDER
  if (folder === '') return 'The folder after --data is empty.'

  const directHost = flags['direct-host']
  if (directHost !== undefined && !HOST.test(directHost)) {
    return `The address after --direct-host must be like 0.0.0.0, not "${directHost}".`
  }

  const publicUrl = flags['public-url'] ?? environment['PUBLIC_URL'] ?? null
  if (publicUrl !== null && endpointOfUrl(publicUrl) === null) {
    return `The public URL must be like https://host or https://host:port, not "${publicUrl}".`
  }

  const ports: Record<string, number | null> = {}
  for (const name of ['libp2p-tcp', 'stun-port', 'metrics-port'] as const) {
    const text = flags[name]
    const port = text === undefined ? null : portOf(text)
    if (text !== undefined && (port === null || port === 0)) {
      return `The port after --${name} must be a whole number from 1 to 65535, not "${text}".`
    }
    ports[name] = port
  }
  if (flags['no-stun'] === true && flags['stun-port'] !== undefined) {
    return 'Either --stun-port or --no-stun, not both.'
  }

  const peerRelays = flags['peer-relay'] ?? []
  const wrong = peerRelays.find((address) => !isPeerRelay(address))
  if (wrong !== undefined) {
    return `The address after --peer-relay must be like /dns4/host/tcp/443/tls/ws/p2p/12D3…, not "${wrong}".`
  }

  return {
    overlay: flags['no-overlay'] !== true,
    dataFolder: flags.ephemeral === true ? null : resolve(folder),
    publicUrl,
    libp2pTcpPort: ports['libp2p-tcp'] ?? null,
    peerRelays,
    metricsPort: ports['metrics-port'] ?? null,
    ...(directHost !== undefined && { directHost }),
    ...(flags['no-stun'] === true && { stunPort: null }),
    ...(ports['stun-port'] != null && { stunPort: ports['stun-port'] }),
  }
}

function isPeerRelay(text: string): boolean {
  try {
    return multiaddr(text).getComponents().at(-1)?.name === 'p2p'
  } catch {
    return false
  }
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: false,
      options: {
        port: { type: 'string' },
        host: { type: 'string' },
        dist: { type: 'string' },
        'no-app': { type: 'boolean' },
        'log-level': { type: 'string' },
        'trust-proxy': { type: 'boolean' },
        'public-url': { type: 'string' },
        data: { type: 'string' },
        ephemeral: { type: 'boolean' },
        'no-overlay': { type: 'boolean' },
        'libp2p-tcp': { type: 'string' },
        'peer-relay': { type: 'string', multiple: true },
        'stun-port': { type: 'string' },
        'no-stun': { type: 'boolean' },
        'direct-host': { type: 'string' },
        'metrics-port': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values
  } catch (thrown) {
    // parseArgs throws a TypeError whose first sentence names the flag.
    const reason = thrown instanceof Error ? (thrown.message.split('. ')[0] ?? '') : String(thrown)
    return `${reason.replace(/\.$/, '')}.`
  }
}

function portOf(text: string): number | null {
  if (!/^\d{1,5}$/.test(text)) return null
  const port = Number(text)
  return port <= 65_535 ? port : null
}

function refused(sentence: string): ConfigAnswer {
  return { type: 'refused', sentence }
}
