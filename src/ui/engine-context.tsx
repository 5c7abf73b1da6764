import { createContext, useContext, type Accessor } from 'solid-js'
import type { Store } from 'solid-js/store'
import type { EngineState } from '../engine/model/engine-state.ts'
import type { EngineClient } from '../workers/protocol/engine-client.ts'
import type { ActionScope } from './actions.ts'
import type { Intake } from './input/intake.ts'
import type { Words } from './i18n/en.ts'
import type { Notices } from './components/notices.tsx'
import type { DetailHistory } from './state/detail-history.ts'
import type { PreviewFlow } from './state/preview-flow.ts'
import type { SaveFlow } from './state/save-flow.ts'
import type { Removal } from './state/removal.ts'
import type { ShareFlow } from './state/share-flow.ts'
import type { SeedFlow } from './state/seed-flow.ts'
import type { TorrentList } from './state/torrent-list.ts'
import type { Ui } from './state/ui-state.ts'

/** What every part of the page may read and wish for. Made once, in `app.tsx`. */
export interface App {
  readonly client: EngineClient
  readonly engine: Store<EngineState>
  readonly ui: Ui
  readonly words: Words
  readonly list: TorrentList
  readonly detail: DetailHistory
  readonly preview: PreviewFlow
  readonly seeding: SeedFlow
  readonly sharing: ShareFlow
  readonly saving: SaveFlow
  readonly notices: Notices
  readonly intake: Intake
  readonly removal: Removal
  readonly actions: ActionScope
  /** A newer version of the app wrote what is stored: nothing in it is changed. */
  readonly newer: Accessor<boolean>
  /** The device's own word about its network. */
  readonly online: Accessor<boolean>
}

export const AppContext = createContext<App>()

export function useApp(): App {
  const app = useContext(AppContext)
  if (app === undefined) throw new Error('used outside renderApp')
  return app
}

export function useWords(): Words {
  return useApp().words
}
