import { onCleanup } from 'solid-js'
import type { EngineState } from '../../engine/model/engine-state.ts'
import { leavingMatters } from './closing.ts'

/**
 * Lets the browser ask before the page closes, but only when closing would cut somebody off and no
 * other tab goes on, or break off what is being saved: that is this page's own.
 */
export function createLeaveWarning(
  engine: Pick<EngineState, 'torrents' | 'creating'>,
  isLastTab: () => boolean,
  isSaving: () => boolean,
): void {
  const ask = (event: BeforeUnloadEvent) => {
    if (isSaving() || (isLastTab() && leavingMatters(engine))) event.preventDefault()
  }
  window.addEventListener('beforeunload', ask)
  onCleanup(() => window.removeEventListener('beforeunload', ask))
}
