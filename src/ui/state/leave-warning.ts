import { onCleanup } from 'solid-js'
import type { EngineState } from '../../engine/model/engine-state.ts'
import { leavingMatters } from './closing.ts'

/**
 * Lets the browser ask before the page closes, but only when closing would cut somebody off, or
 * break off what is being saved.
 */
export function createLeaveWarning(
  engine: Pick<EngineState, 'torrents' | 'creating'>,
  isSaving: () => boolean,
): void {
  const ask = (event: BeforeUnloadEvent) => {
    if (leavingMatters(engine) || isSaving()) event.preventDefault()
  }
  window.addEventListener('beforeunload', ask)
  onCleanup(() => window.removeEventListener('beforeunload', ask))
}
