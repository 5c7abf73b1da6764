/** Facts with fields, to a scope. Info hashes, names and addresses only at `debug`. */
export interface Log {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void
  info(message: string, fields?: Readonly<Record<string, unknown>>): void
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void
  error(message: string, fields?: Readonly<Record<string, unknown>>): void
}

export const silentLog: Log = {
  debug() {},
  info() {},
  warn() {},
  error() {},
}
