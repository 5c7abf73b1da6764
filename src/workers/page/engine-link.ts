import type { FromEngine } from '../protocol/control.ts'
import {
  engineLife,
  linkName,
  TAB_DOOR,
  type AtDoor,
  type FromTab,
  type LinkId,
} from '../protocol/tabs.ts'
import { makeEngineClient, type EngineWorker, type WorkerClient } from './engine-client.ts'
import { holdLock, lockFree, type Locks } from './engine-lock.ts'

/**
 * The engine that another tab of this origin has, as a client of this one. It has started once it
 * has answered; while there is no engine it never does. It is gone when its worker is, or answers
 * nothing for long: then the tab that started it is asked to look, too.
 *
 * Rejects with the signal's reason when that aborts at once; a later abort ends the client.
 */
export async function linkToEngine(
  locks: Locks,
  build: string,
  signal: AbortSignal,
): Promise<WorkerClient> {
  const link: LinkId = crypto.randomUUID()
  const over = new AbortController()
  const until = AbortSignal.any([signal, over.signal])
  // Held before the engine hears of the link: a link whose lock is free is one whose tab has gone.
  await holdLock(locks, linkName(link), until)

  const client = makeEngineClient(
    channelAsWorker(new BroadcastChannel(linkName(link)), () => over.abort()),
    build,
    () => sayAtDoor({ type: 'quiet' }),
  )
  signal.addEventListener('abort', client.end, { once: true, signal: over.signal })
  void endWithEngine(locks, client, until)
  sayAtDoor({ type: 'attach', link, build })
  return client
}

function sayAtDoor(words: AtDoor): void {
  const door = new BroadcastChannel(TAB_DOOR)
  door.postMessage(words)
  door.close()
}

async function endWithEngine(
  locks: Locks,
  client: WorkerClient,
  until: AbortSignal,
): Promise<void> {
  const started = await client.started
  if (started.ok) await lockFree(locks, engineLife(started.value), until)
  client.end()
}

/** The engine at the other end hears of the end by the lock that `onTerminate` lets go of. */
function channelAsWorker(channel: BroadcastChannel, onTerminate: () => void): EngineWorker {
  channel.addEventListener('message', ({ data }: MessageEvent<FromEngine>) => {
    if (isNotice(data)) channel.postMessage({ type: 'heard' } satisfies FromTab)
  })
  return {
    postMessage: (message) => channel.postMessage(message),
    addEventListener(type: string, listener: (event: never) => void) {
      // The listener of each type takes that type's event; a channel has no `error`.
      channel.addEventListener(type, listener as (event: Event) => void)
    },
    terminate() {
      channel.close()
      onTerminate()
    },
  }
}

function isNotice({ type }: FromEngine): boolean {
  return type === 'state-replaced' || type === 'state-changed' || type === 'trouble'
}
