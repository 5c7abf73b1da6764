import type { Log } from '../../engine/contracts/log.ts'

/** To the browser's console, where whoever looks for a fault looks first. */
export const consoleLog: Log = {
  debug: (message, fields = {}) => console.debug(message, fields),
  info: (message, fields = {}) => console.info(message, fields),
  warn: (message, fields = {}) => console.warn(message, fields),
  error: (message, fields = {}) => console.error(message, fields),
}
