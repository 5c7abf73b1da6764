const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const

export type LogLevel = (typeof LEVELS)[number]
export type LogFields = Readonly<Record<string, string | number | boolean>>

/** Facts with fields. Info hashes, peer ids and addresses only at `debug`. */
export interface Log {
  debug(fact: string, fields?: LogFields): void
  info(fact: string, fields?: LogFields): void
  warn(fact: string, fields?: LogFields): void
  error(fact: string, fields?: LogFields): void
}

/**
 * One line a fact: time, level, fact, `key=value` pairs. Standard error by default, so that
 * standard output stays for the person who started the relay.
 */
export function makeLog(
  level: LogLevel,
  write: (line: string) => void = (line) => void process.stderr.write(line),
): Log {
  const lowest = LEVELS.indexOf(level)
  const at =
    (of: LogLevel) =>
    (fact: string, fields: LogFields = {}): void => {
      if (LEVELS.indexOf(of) >= lowest) write(lineOf(of, fact, fields))
    }

  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

export function isLogLevel(text: string): text is LogLevel {
  return LEVELS.some((level) => level === text)
}

export function logLevels(): readonly LogLevel[] {
  return LEVELS
}

function lineOf(level: LogLevel, fact: string, fields: LogFields): string {
  const pairs = Object.entries(fields).map(([key, value]) => ` ${key}=${quoted(value)}`)
  return `${new Date().toISOString()} ${level} ${fact}${pairs.join('')}\n`
}

/** Foreign text can neither start a new line nor send an escape sequence to a terminal. */
function quoted(value: string | number | boolean): string {
  const text = String(value)
  return /^[\w.:/[\]-]+$/.test(text) ? text : JSON.stringify(text).replace(/[\x7f-\x9f]/g, '?')
}
