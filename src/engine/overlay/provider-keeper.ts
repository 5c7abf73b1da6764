import type { Log } from '../contracts/log.ts'
import type { OverlayNode } from '../contracts/overlay.ts'
import { MINUTE, SECOND, type Millis } from '../model/units.ts'
import type { FewAtOnce } from './few-at-once.ts'

/** Said again well before relays forget it, which is after half an hour. */
const PROVIDE_EVERY: Millis = 10 * MINUTE
const PROVIDE_AGAIN: Millis = 5 * SECOND
/** Addresses change several times while a reservation is taken. */
const PROVIDE_SETTLES: Millis = 100
const PROVIDE_WITHIN: Millis = 20 * SECOND

export interface ProviderKeeperDeps {
  /** Null while there is none. */
  node(): OverlayNode | null
  /** Null while others cannot reach us. */
  reachableNode(): OverlayNode | null
  /** Announcements of all torrents. */
  readonly providing: FewAtOnce
  readonly log: Log
}

/** Keeps us findable under one provider key. */
export interface ProviderKeeper {
  /** Others reach us by other addresses now, or again: said once they have settled. */
  reachable(): void
}

/** When `signal` is aborted, what was said is taken back. */
export function makeProviderKeeper(
  deps: ProviderKeeperDeps,
  key: Uint8Array<ArrayBuffer>,
  signal: AbortSignal,
): ProviderKeeper {
  let timer: ReturnType<typeof setTimeout> | undefined
  let providing = false
  /** The addresses changed while they were being said. */
  let stale = false

  const provideIn = (wait: Millis) => {
    clearTimeout(timer)
    if (!signal.aborted) timer = setTimeout(() => void provide(), wait)
  }

  const provide = async () => {
    if (providing) {
      stale = true
      return
    }
    providing = true
    stale = false
    try {
      await deps.providing.run(async () => {
        const patience = AbortSignal.any([signal, AbortSignal.timeout(PROVIDE_WITHIN)])
        await deps.reachableNode()?.provide(key, patience)
      })
      provideIn(PROVIDE_EVERY)
    } catch (thrown) {
      deps.log.debug('not provided', { thrown: String(thrown) })
      provideIn(PROVIDE_AGAIN)
    } finally {
      providing = false
      if (stale) provideIn(PROVIDE_SETTLES)
    }
  }

  const takeBack = () => {
    clearTimeout(timer)
    // A record that stays is forgotten by those who hold it.
    deps
      .node()
      ?.unprovide(key)
      .catch(() => {})
  }
  signal.addEventListener('abort', takeBack, { once: true })

  return { reachable: () => provideIn(PROVIDE_SETTLES) }
}
