import { createStore, type Store } from 'solid-js/store'
import type { InfoHash } from '../../engine/model/ids.ts'

/** What a person is looking at. Never leaves the page. */
export interface UiState {
  readonly selected: InfoHash | null
  readonly filter: TorrentFilter
  readonly search: string
  readonly sort: TorrentSort
  readonly dialog: UiDialog
}

export type TorrentFilter = 'all' | 'downloading' | 'seeding' | 'paused' | 'failed'
export const FILTERS: readonly TorrentFilter[] = [
  'all',
  'downloading',
  'seeding',
  'paused',
  'failed',
]

export type TorrentSort = 'added' | 'name' | 'progress'
export const SORTS: readonly TorrentSort[] = ['added', 'name', 'progress']

export type DetailTab = 'files' | 'peers' | 'trackers' | 'about'

export type UiDialog =
  | { readonly name: 'none' }
  | { readonly name: 'share'; readonly infoHash: InfoHash }
  /** `wanting`: the torrent that waits for room. */
  | { readonly name: 'storage'; readonly wanting: InfoHash | null }
  | { readonly name: 'settings' }
  | { readonly name: 'network' }
  | { readonly name: 'shortcuts' }

export interface Ui {
  readonly state: Store<UiState>
  readonly change: (change: Partial<UiState>) => void
}

export function makeUi(): Ui {
  const [state, setState] = createStore<UiState>({
    selected: null,
    filter: 'all',
    search: '',
    sort: 'added',
    dialog: { name: 'none' },
  })
  return { state, change: (change) => setState(change) }
}
