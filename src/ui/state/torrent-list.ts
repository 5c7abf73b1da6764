import { createMemo, type Accessor } from 'solid-js'
import type { EngineState } from '../../engine/model/engine-state.ts'
import type { InfoHash } from '../../engine/model/ids.ts'
import type { TorrentPhase, TorrentSnapshot } from '../../engine/model/torrent.ts'
import { fractionOf } from '../format/percent.ts'
import type { TorrentFilter, TorrentSort, UiState } from './ui-state.ts'

export interface TorrentList {
  /** What is shown, in order. */
  readonly shown: Accessor<readonly InfoHash[]>
  readonly counts: Accessor<Readonly<Record<TorrentFilter, number>>>
  readonly total: Accessor<number>
}

/** Derived from the mirror and what a person asked to see; never stored. */
export function createTorrentList(
  engine: Pick<EngineState, 'torrents'>,
  ui: Pick<UiState, 'filter' | 'search' | 'sort'>,
): TorrentList {
  const all = createMemo(() => Object.values(engine.torrents))

  const counts = createMemo(() => {
    const counts = { all: 0, downloading: 0, seeding: 0, paused: 0, failed: 0 }
    for (const torrent of all()) {
      counts.all += 1
      counts[filterOf(torrent.phase)] += 1
    }
    return counts
  })

  const shown = createMemo(
    () => {
      const wanted = ui.search.trim().toLocaleLowerCase()
      return all()
        .filter((torrent) => ui.filter === 'all' || filterOf(torrent.phase) === ui.filter)
        .filter((torrent) => wanted === '' || torrent.name.toLocaleLowerCase().includes(wanted))
        .sort(ORDER[ui.sort])
        .map((torrent) => torrent.infoHash)
    },
    [],
    { equals: sameOrder },
  )

  return { shown, counts, total: () => counts().all }
}

/** Which of the filters a phase belongs to. */
export function filterOf(phase: TorrentPhase): Exclude<TorrentFilter, 'all'> {
  switch (phase.name) {
    case 'resolving':
    case 'checking':
    case 'downloading':
      return 'downloading'
    case 'seeding':
    case 'paused':
    case 'failed':
      return phase.name
  }
}

type Order = (a: TorrentSnapshot, b: TorrentSnapshot) => number
const newest: Order = (a, b) => b.addedAt - a.addedAt || (a.infoHash < b.infoHash ? -1 : 1)
const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })
const progressOf = (torrent: TorrentSnapshot) => fractionOf(torrent.haveBytes, torrent.wantedBytes)

const ORDER: Readonly<Record<TorrentSort, Order>> = {
  added: newest,
  name: (a, b) => collator.compare(a.name, b.name) || newest(a, b),
  progress: (a, b) => progressOf(a) - progressOf(b) || newest(a, b),
}

function sameOrder(a: readonly InfoHash[], b: readonly InfoHash[]): boolean {
  return a.length === b.length && a.every((infoHash, at) => infoHash === b[at])
}
