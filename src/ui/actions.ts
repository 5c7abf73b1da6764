import type { Component } from 'solid-js'
import HardDrive from 'lucide-solid/icons/hard-drive'
import LockOpen from 'lucide-solid/icons/lock-open'
import Pause from 'lucide-solid/icons/pause'
import Play from 'lucide-solid/icons/play'
import RotateCcw from 'lucide-solid/icons/rotate-ccw'
import Share2 from 'lucide-solid/icons/share-2'
import Trash from 'lucide-solid/icons/trash'
import type { EngineError } from '../engine/model/errors.ts'
import type { InfoHash } from '../engine/model/ids.ts'
import type { TorrentSnapshot } from '../engine/model/torrent.ts'
import type { EngineClient } from '../workers/protocol/engine-client.ts'
import type { Words } from './i18n/en.ts'
import { askPermission } from './input/ask-permission.ts'
import { storageTrouble } from './state/storage-trouble.ts'
import type { Ui } from './state/ui-state.ts'

/** What an action may use. */
export interface ActionScope {
  readonly client: EngineClient
  readonly ui: Ui
  readonly tell: (error: EngineError, torrent: TorrentSnapshot) => void
  /** Takes it off the list, to be taken back for a while. */
  readonly remove: (torrent: TorrentSnapshot) => Promise<void>
}

/**
 * Something a person can do to a torrent. One entry feeds the toolbar, the keyboard, the
 * shortcut sheet and `aria-keyshortcuts`.
 */
export interface TorrentAction {
  readonly id: 'allow' | 'free' | 'pause' | 'resume' | 'retry' | 'share' | 'remove'
  readonly icon: Component<{ size?: number | string }>
  /** As `KeyboardEvent.key`, and as `aria-keyshortcuts` writes it. Heard only on a torrent. */
  readonly key: string
  readonly applies: (torrent: TorrentSnapshot) => boolean
  readonly run: (torrent: TorrentSnapshot, scope: ActionScope) => Promise<void> | void
}

export const removeAction: TorrentAction = {
  id: 'remove',
  icon: Trash,
  key: 'Delete',
  applies: () => true,
  run: (torrent, { remove }) => remove(torrent),
}

/** What rests for these does not go on because somebody says so. */
const NOT_BY_RESUMING: ReadonlySet<EngineError['kind'] | undefined> = new Set([
  'storage/permission',
  'storage/newer',
])

export const TORRENT_ACTIONS: readonly TorrentAction[] = [
  {
    id: 'allow',
    icon: LockOpen,
    key: 'p',
    applies: (torrent) => storageTrouble(torrent)?.kind === 'storage/permission',
    run: allowAgain,
  },
  {
    id: 'free',
    icon: HardDrive,
    key: 'f',
    applies: (torrent) => storageTrouble(torrent)?.kind === 'storage/full',
    run: ({ infoHash }, { ui }) => ui.change({ dialog: { name: 'storage', wanting: infoHash } }),
  },
  {
    id: 'pause',
    icon: Pause,
    key: 'p',
    applies: (torrent) => torrent.phase.name !== 'paused' && torrent.phase.name !== 'failed',
    run: (torrent, scope) => call(scope, torrent, 'torrent.pause'),
  },
  {
    id: 'resume',
    icon: Play,
    key: 'p',
    applies: (torrent) =>
      torrent.phase.name === 'paused' && !NOT_BY_RESUMING.has(storageTrouble(torrent)?.kind),
    run: (torrent, scope) => call(scope, torrent, 'torrent.resume'),
  },
  {
    id: 'retry',
    icon: RotateCcw,
    key: 'p',
    applies: (torrent) => torrent.phase.name === 'failed',
    run: (torrent, scope) => call(scope, torrent, 'torrent.resume'),
  },
  {
    id: 'share',
    icon: Share2,
    key: 's',
    applies: (torrent) => torrent.protocol === 'bittorrent',
    run: (torrent, { ui }) => ui.change({ dialog: { name: 'share', infoHash: torrent.infoHash } }),
  },
  removeAction,
]

export function actionsFor(torrent: TorrentSnapshot): readonly TorrentAction[] {
  return TORRENT_ACTIONS.filter((action) => action.applies(torrent))
}

/** The word on the button. */
export function actionLabel(action: TorrentAction, words: Words): string {
  return words.actions[action.id]
}

/** Runs what the key means for this torrent; false when it means nothing. */
export function runKey(
  event: KeyboardEvent,
  torrent: TorrentSnapshot,
  scope: ActionScope,
): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false
  const action = actionsFor(torrent).find((candidate) => candidate.key === event.key)
  if (action === undefined) return false
  void action.run(torrent, scope)
  return true
}

/** One click: the browser asks for the files that lie outside its storage, and it goes on. */
async function allowAgain(torrent: TorrentSnapshot, scope: ActionScope): Promise<void> {
  const { infoHash } = torrent
  const handles = await scope.client.call('torrent.handles', { infoHash })
  if (!handles.ok) return scope.tell(handles.error, torrent)
  if (await askPermission(handles.value)) await call(scope, torrent, 'torrent.resume')
}

async function call(
  { client, tell }: ActionScope,
  torrent: TorrentSnapshot,
  name: 'torrent.pause' | 'torrent.resume',
): Promise<void> {
  const { infoHash }: { readonly infoHash: InfoHash } = torrent
  const answer = await client.call(name, { infoHash })
  if (!answer.ok) tell(answer.error, torrent)
}
