import { lazy } from 'solid-js'

/*
 * What a person sees only after having asked for it: not in the first load, but fetched as soon
 * as the page has nothing better to do, so that asking does not wait.
 */

const loadNetworkSheet = () => import('./network/network-sheet.tsx')
const loadPreviewSheet = () => import('./components/preview-sheet.tsx')
const loadShareCard = () => import('./components/share-card.tsx')
const loadShareSheet = () => import('./privacy/share-sheet.tsx')
const loadSettingsSheet = () => import('./components/settings-sheet.tsx')
const loadShortcutSheet = () => import('./components/shortcut-sheet.tsx')
const loadStorageSheet = () => import('./components/storage-sheet.tsx')
const loadTorrentDetail = () => import('./views/torrent-detail.tsx')

export const NetworkSheet = lazy(async () => ({ default: (await loadNetworkSheet()).NetworkSheet }))
export const PreviewSheet = lazy(async () => ({ default: (await loadPreviewSheet()).PreviewSheet }))
export const ShareCard = lazy(async () => ({ default: (await loadShareCard()).ShareCard }))
export const ShareSheet = lazy(async () => ({ default: (await loadShareSheet()).ShareSheet }))
export const SettingsSheet = lazy(async () => ({
  default: (await loadSettingsSheet()).SettingsSheet,
}))
export const ShortcutSheet = lazy(async () => ({
  default: (await loadShortcutSheet()).ShortcutSheet,
}))
export const StorageSheet = lazy(async () => ({ default: (await loadStorageSheet()).StorageSheet }))
export const TorrentDetail = lazy(async () => ({
  default: (await loadTorrentDetail()).TorrentDetail,
}))

/** Fetches the rest. A browser without idle callbacks (Safari) fetches it at once. */
export function loadTheRest(): void {
  const load = () => {
    for (const part of [
      loadPreviewSheet,
      loadShareCard,
      loadShareSheet,
      loadTorrentDetail,
      loadStorageSheet,
      loadSettingsSheet,
      loadNetworkSheet,
      loadShortcutSheet,
    ]) {
      // Offline: asking for it later tries again.
      part().catch(() => undefined)
    }
  }
  if ('requestIdleCallback' in window) requestIdleCallback(load)
  else load()
}
