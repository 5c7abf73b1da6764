import { makeKeptState } from '../../src/engine/model/kept-state.ts'
import type { CallName, Notice } from '../../src/workers/protocol/control.ts'
import { makeLastingClient } from '../../src/workers/page/lasting-client.ts'
import { spawnEngine } from '../../src/workers/page/spawn-engine.ts'

// The page's side of the doors as the app wires it, over `engine-doors.worker.ts`. The query's
// `worker` is how that worker behaves.

const line = makeLastingClient()
const phases: string[] = []
let workers = 0
const mirror = makeKeptState()

const heard = new EventTarget()
line.client.onNotice((notice: Notice) => {
  if (notice.type === 'state-changed') notice.changes.forEach((change) => mirror.put(change))
  if (notice.type === 'state-replaced') {
    mirror.replace(notice.state)
    if (phases.at(-1) !== notice.state.engine.name) phases.push(notice.state.engine.name)
  }
  heard.dispatchEvent(new Event('notice'))
})

const spawned = spawnEngine({
  line,
  config: { ownTracker: 'ws://localhost/announce', pageHost: 'localhost' },
  page: window,
  document,
  secure: isSecureContext,
  locks: navigator.locks,
  startWorker() {
    workers += 1
    return new Worker(new URL('./engine-doors.worker.ts', import.meta.url), {
      type: 'module',
      name: new URLSearchParams(location.search).get('worker') ?? 'engine',
    })
  },
  hostRtc: (port) => ({ stop: () => port.close() }),
})

let previewing = new AbortController()
let holding = Promise.withResolvers<void>()
const asked: Promise<unknown>[] = []

const doors = {
  phases: () => phases,
  workers: () => workers,
  /** The letters that the info hashes in the list begin with. */
  torrents: () =>
    mirror
      .torrents()
      .map(({ infoHash }) => infoHash[0])
      .join(''),
  // The test passes the arguments that the call takes.
  call: (name: CallName, args: unknown) => line.client.call(name, args as never),
  /** Makes the call without waiting for it; its answer is among `answers`. */
  ask(name: CallName, args: unknown) {
    asked.push(doors.call(name, args))
  },
  answers: () => Promise.all(asked),
  /** A call that is answered never. */
  preview() {
    previewing = new AbortController()
    const { signal } = previewing
    line.client.call('torrent.preview', { source: 'magnet:?' }, { signal }).catch(() => {})
  },
  abortPreview: () => previewing.abort(),
  /** Takes a lock that a call of the engine waits for. */
  async holdBack(name: string) {
    holding = Promise.withResolvers()
    await new Promise<void>((held) => {
      void navigator.locks.request(name, () => {
        held()
        return holding.promise
      })
    })
  },
  letGo: () => holding.resolve(),
  stop: () => spawned.stop(),
  /** Resolves when the engine has entered this phase so many times. */
  until: (phase: string, times = 1) =>
    untilHeard(() => phases.filter((name) => name === phase).length >= times),
  /** Resolves when the list is this. */
  untilListed: (letters: string) => untilHeard(() => doors.torrents() === letters),
}

async function untilHeard(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await new Promise((resolve) => heard.addEventListener('notice', resolve, { once: true }))
  }
}

export type Doors = typeof doors
Object.assign(globalThis, { doors })
