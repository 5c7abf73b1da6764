/**
 * What WebTorrent's dependencies read from Node while they are evaluated: `process.nextTick`
 * (end-of-stream, limiter), `process.browser` (webtorrent), `global` (end-of-stream). Import
 * this before anything of WebTorrent.
 */
// Only these two names are added, and only where nothing has them.
const scope = globalThis as typeof globalThis & { global?: unknown; process?: unknown }

scope.global ??= globalThis
scope.process ??= {
  browser: true,
  env: {},
  version: '',
  nextTick: (task: (...args: unknown[]) => void, ...args: unknown[]) =>
    queueMicrotask(() => task(...args)),
}

export {}
