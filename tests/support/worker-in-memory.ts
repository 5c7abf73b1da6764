import type { FromEngine, ToEngine } from '../../src/workers/protocol/control.ts'
import type { EngineWorker } from '../../src/workers/page/engine-client.ts'

/** A worker without a thread: what is posted to it is cloned and arrives in a later task. */
export interface WorkerInMemory {
  /** The page's side. */
  readonly worker: EngineWorker
  /** What the page has posted so far, oldest first. */
  readonly received: readonly ToEngine[]
  readonly terminated: boolean
  /** Posts as the worker would; resolves when the page has dealt with it. */
  say(message: FromEngine): Promise<void>
  /** Resolves with the next message of this type, one that has arrived already included. */
  next<Type extends ToEngine['type']>(type: Type): Promise<Extract<ToEngine, { type: Type }>>
  /** An error that nothing in the worker caught; no message is a script that did not load. */
  fail(message?: string): void
}

export function makeWorkerInMemory(): WorkerInMemory {
  const { port1: page, port2: inside } = new MessageChannel()
  const received: ToEngine[] = []
  const taken = new Set<ToEngine>()
  const arrivals = new EventTarget()
  const failures = new EventTarget()
  let terminated = false

  inside.onmessage = ({ data }: MessageEvent<ToEngine>) => {
    received.push(data)
    arrivals.dispatchEvent(new Event('arrived'))
  }
  page.start()

  const addEventListener = (type: string, listener: (event: never) => void) => {
    const target: EventTarget = type === 'error' ? failures : page
    // The listener of each type takes that type's event.
    target.addEventListener(type, listener as (event: Event) => void)
  }

  const next: WorkerInMemory['next'] = async (type) => {
    for (;;) {
      const found = received.find(
        (message): message is Extract<ToEngine, { type: typeof type }> =>
          message.type === type && !taken.has(message),
      )
      if (found !== undefined) {
        taken.add(found)
        return found
      }
      await new Promise((resolve) => {
        arrivals.addEventListener('arrived', resolve, { once: true })
      })
    }
  }

  return {
    received,
    next,
    get terminated() {
      return terminated
    },
    worker: {
      postMessage(message, transfer) {
        if (!terminated) page.postMessage(message, transfer)
      },
      addEventListener,
      terminate() {
        terminated = true
        page.close()
      },
    },
    async say(message) {
      const dealtWith = new Promise((resolve) => {
        page.addEventListener('message', resolve, { once: true })
      })
      inside.postMessage(message)
      await dealtWith
    },
    fail(message = '') {
      failures.dispatchEvent(Object.assign(new Event('error'), { message }))
    },
  }
}
