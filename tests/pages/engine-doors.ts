import type { CallName, Notice } from '../../src/workers/protocol/control.ts'
import { makeLastingClient } from '../../src/workers/page/lasting-client.ts'
import { spawnEngine } from '../../src/workers/page/spawn-engine.ts'

// The page's side of the doors as the app wires it, over `engine-doors.worker.ts`. The query's
// `worker` is how that worker behaves.

const line = makeLastingClient()
const phases: string[] = []
let workers = 0
let torrents: readonly string[] = []

const heard = new EventTarget()
line.client.onNotice((notice: Notice) => {
  if (notice.type !== 'state-replaced') return
  phases.push(notice.state.engine.name)
  torrents = Object.keys(notice.state.torrents)
  heard.dispatchEvent(new Event('phase'))
})

const spawned = spawnEngine({
  line,
  config: { ownTracker: 'ws://localhost/announce', pageHost: 'localhost' },
  page: window,
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

const doors = {
  phases: () => phases,
  workers: () => workers,
  torrents: () => torrents,
  // The test passes the arguments that the call takes.
  call: (name: CallName, args: unknown) => line.client.call(name, args as never),
  stop: () => spawned.stop(),
  /** Resolves when the engine has entered this phase so many times. */
  async until(phase: string, times = 1) {
    while (phases.filter((name) => name === phase).length < times) {
      await new Promise((resolve) => heard.addEventListener('phase', resolve, { once: true }))
    }
  },
}

export type Doors = typeof doors
Object.assign(globalThis, { doors })
