import ChevronsUpDown from 'lucide-solid/icons/chevrons-up-down'
import Search from 'lucide-solid/icons/search'
import { For } from 'solid-js'
import { useApp } from '../engine-context.tsx'
import { FILTERS, SORTS, type TorrentSort } from '../state/ui-state.ts'
import './list-tools.css'

/** Which torrents are shown: saved filters with their counts. */
export function Filters() {
  const app = useApp()
  return (
    <nav class="filters" aria-label={app.words.list.filters}>
      <For each={FILTERS}>
        {(filter) => (
          <button
            type="button"
            class="filter"
            aria-pressed={app.ui.state.filter === filter}
            onClick={() => app.ui.change({ filter })}
          >
            {app.words.list.filter[filter]}
            <span class="filter-count figure">
              {app.list.counts()[filter].toLocaleString(app.words.locale)}
            </span>
          </button>
        )}
      </For>
    </nav>
  )
}

/** So few fit on a phone's screen: nothing to search or to sort. */
const FEW = 5

export function SearchAndSort() {
  const app = useApp()
  return (
    <div class="list-tools" data-few={app.list.total() <= FEW ? '' : undefined}>
      <div class="search-field">
        <Search size={16} aria-hidden="true" />
        <input
          id="search"
          type="search"
          class="field"
          aria-label={app.words.list.search}
          aria-keyshortcuts="/"
          placeholder={app.words.list.search}
          value={app.ui.state.search}
          onInput={(event) => app.ui.change({ search: event.currentTarget.value })}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return
            app.ui.change({ search: '' })
            event.currentTarget.blur()
          }}
        />
      </div>
      <div class="sort">
        <select
          class="field"
          aria-label={app.words.list.sort}
          value={app.ui.state.sort}
          onChange={(event) => {
            const sort = SORTS.find((one) => one === event.currentTarget.value)
            if (sort !== undefined) app.ui.change({ sort })
          }}
        >
          <For each={SORTS}>
            {(sort: TorrentSort) => <option value={sort}>{app.words.list.sortBy[sort]}</option>}
          </For>
        </select>
        <ChevronsUpDown size={14} aria-hidden="true" />
      </div>
    </div>
  )
}
