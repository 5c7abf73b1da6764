import type { HandleToAsk } from '../../engine/model/torrent.ts'

/**
 * Asks the person, through the browser, for each handle that is not allowed any more; true when all
 * are. Call it while a click is fresh: the browser asks for nothing else. One that was allowed for
 * ever is not asked about.
 */
export async function askPermission(handles: readonly HandleToAsk[]): Promise<boolean> {
  for (const { handle, mode } of handles) {
    // TypeScript's DOM library does not have the WICG draft; a browser without it asks nobody.
    const { requestPermission } = handle as {
      requestPermission?: (wanted: { mode: 'read' | 'readwrite' }) => Promise<PermissionState>
    }
    const answer = (await requestPermission?.call(handle, { mode })) ?? 'granted'
    if (answer !== 'granted') return false
  }
  return true
}
