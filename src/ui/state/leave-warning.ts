import { createEffect, createMemo, onCleanup } from 'solid-js'
import type { EngineState } from '../../engine/model/engine-state.ts'
import { leavingMatters } from './closing.ts'

/**
 * Lets the browser ask before the page closes, only while closing would cut somebody off. A page
 * that always listens is kept out of the back/forward cache (web.dev, bfcache).
 */
export function createLeaveWarning(engine: Pick<EngineState, 'torrents' | 'creating'>): void {
  const matters = createMemo(() => leavingMatters(engine))
  const ask = (event: BeforeUnloadEvent) => event.preventDefault()

  createEffect(() => {
    if (!matters()) return
    window.addEventListener('beforeunload', ask)
    onCleanup(() => window.removeEventListener('beforeunload', ask))
  })
}
