import { createEffect, onCleanup, type Accessor } from 'solid-js'
import { createStore, reconcile } from 'solid-js/store'
import type { EngineError } from '../../engine/model/errors.ts'
import type { Result } from '../../engine/model/result.ts'
import { SECOND, type Millis } from '../../engine/model/units.ts'

/** Fresh enough to look live in a table that someone reads. */
const LOOK_AGAIN: Millis = SECOND

/** A list as it last was; null before the first answer. */
export interface Watched<Item> {
  readonly items: readonly Item[] | null
}

/**
 * Asks again and again while someone looks: files, peers and trackers are too much for the
 * engine's state. Rests while the page is hidden. `key` names an item, so that a line keeps its
 * element. `subject` is what is asked about; another one begins anew.
 */
export function createWatched<Item extends object>(
  subject: Accessor<string>,
  ask: (signal: AbortSignal) => Promise<Result<readonly Item[], EngineError>>,
  key: string & keyof Item,
): Watched<Item> {
  const [watched, setWatched] = createStore<{ items: readonly Item[] | null }>({ items: null })

  createEffect(() => {
    subject()
    setWatched({ items: null })
    const controller = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined

    const look = async () => {
      clearTimeout(timer)
      if (document.visibilityState === 'visible') {
        const answer = await ask(controller.signal).catch((thrown: unknown) => {
          if (controller.signal.aborted) return null
          throw thrown
        })
        if (controller.signal.aborted) return
        if (answer?.ok === true) setWatched('items', reconcile(answer.value, { key }))
      }
      timer = setTimeout(() => void look(), LOOK_AGAIN)
    }

    void look()
    onCleanup(() => {
      clearTimeout(timer)
      controller.abort()
    })
  })

  return watched
}
