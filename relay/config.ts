import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { isLogLevel, logLevels, type LogLevel } from './log.ts'

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

export const USAGE = `Usage: node relay/main.ts [options]

  --port <number>      port to listen on, 0 for any free one  (PORT, ${DEFAULT_PORT})
  --host <address>     address to listen on                   (HOST, ${DEFAULT_HOST})
  --dist <folder>      the built page                         (${DEFAULT_APP_FOLDER})
  --no-app             serve the tracker alone
  --log-level <level>  ${logLevels().join(', ')}       (${DEFAULT_LOG_LEVEL})
  --trust-proxy        take the client's address from X-Forwarded-For
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
  if (!/^[\w.:%-]+$/.test(host)) {
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
  return { type: 'config', config: { port, host, appFolder, logLevel, trustProxy } }
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
