import { createMemo, createSignal, Match, onCleanup, Show, Switch } from 'solid-js'
import { render } from 'solid-js/web'
import type { EngineClient } from '../workers/protocol/engine-client.ts'
import type { SaveOut } from '../workers/protocol/save-out.ts'
import { Announcer } from './components/announcer.tsx'
import { DropVeil } from './components/drop-veil.tsx'
import { ForgetfulBanner } from './components/forgetful-banner.tsx'
import { NewerBanner } from './components/newer-banner.tsx'
import { makeNotices, NoticePlace } from './components/notices.tsx'
import { TooltipLayer } from './components/tooltip-layer.tsx'
import {
  loadTheRest,
  NetworkSheet,
  PreviewSheet,
  SettingsSheet,
  ShareCard,
  ShareSheet,
  ShortcutSheet,
  StorageSheet,
} from './later.ts'
import { AppContext, useApp, type App } from './engine-context.tsx'
import { errorMessage } from './format/error-message.ts'
import { en, type Words } from './i18n/en.ts'
import { createIntake } from './input/intake.ts'
import { createPageInput } from './input/page-input.ts'
import { createDetailHistory } from './state/detail-history.ts'
import { createLeaveWarning } from './state/leave-warning.ts'
import { createOnline } from './state/online.ts'
import { makeEngineMirror } from './state/engine-mirror.ts'
import { createPreviewFlow } from './state/preview-flow.ts'
import { createSaveFlow } from './state/save-flow.ts'
import { createShareFlow } from './state/share-flow.ts'
import { makeSeedFlow } from './state/seed-flow.ts'
import { makeRemoval } from './state/removal.ts'
import { createTorrentList } from './state/torrent-list.ts'
import { makeUi } from './state/ui-state.ts'
import './styles/base.css'
import { EngineView } from './views/engine-view.tsx'
import { Library } from './views/library.tsx'
import { PageHeader } from './views/page-header.tsx'

export interface RenderAppDeps {
  readonly client: EngineClient
  readonly saveOut: SaveOut
  /** Whether the engine ends with this page, and no other tab goes on. */
  readonly isLastTab: () => boolean
}

/** Shows the app in `root`. Returns the function that takes it away again. */
export function renderApp(root: HTMLElement, deps: RenderAppDeps): () => void {
  loadTheRest()
  return render(() => {
    const app = createApp(deps, en)
    return (
      <AppContext.Provider value={app}>
        <Page />
      </AppContext.Provider>
    )
  }, root)
}

/** Everything the page is made of, put together once. */
function createApp({ client, saveOut, isLastTab }: RenderAppDeps, words: Words): App {
  const mirror = makeEngineMirror(client)
  const engine = mirror.state
  const ui = makeUi()
  const detail = createDetailHistory(ui)
  const notices = makeNotices(words)

  const nameOf = (infoHash: keyof typeof engine.torrents) =>
    engine.torrents[infoHash]?.name ?? infoHash
  const select = (infoHash: keyof typeof engine.torrents) => {
    ui.change({ filter: 'all', search: '' })
    detail.open(infoHash)
  }
  const say = (text: string) => notices.show({ text, tone: 'bad' })

  const preview = createPreviewFlow({
    client,
    onAdded(infoHash, name) {
      ui.change({ filter: 'all', search: '' })
      notices.show({
        text: name === null ? words.notices.addedUnnamed : words.notices.added(name),
        tone: 'plain',
        action: { label: words.actions.show, run: () => select(infoHash) },
      })
    },
  })

  const seeding = makeSeedFlow({
    client,
    onSeeded: (infoHash) => ui.change({ dialog: { name: 'share', infoHash } }),
    onDuplicate: (infoHash) =>
      notices.show({
        text: words.notices.alreadyThere(nameOf(infoHash)),
        tone: 'plain',
        action: { label: words.actions.show, run: () => select(infoHash) },
      }),
    onRefused: (error) => say(errorMessage(error, words)),
  })

  const sharing = createShareFlow({ client, seeding })

  const saving = createSaveFlow({
    saveOut,
    onSaved(torrent, place) {
      const text =
        place.kind === 'download'
          ? words.save.handedOver(torrent.name)
          : place.kind === 'folder'
            ? words.save.savedInto(place.handle.name)
            : words.save.savedAs(place.handle.name)
      notices.show({ text, tone: 'plain' })
    },
    onFailed: (torrent, error) =>
      say(words.notices.about(torrent.name, errorMessage(error, words))),
  })

  // Told once at the start, and by every torrent: a tab may come later.
  const [newerTold, setNewerTold] = createSignal(false)
  const newer = createMemo(() => {
    const [first] = Object.values(engine.torrents)
    return newerTold() || first?.trouble?.kind === 'storage/newer'
  })

  const stopTrouble = client.onNotice((notice) => {
    if (notice.type !== 'trouble') return
    if (notice.error.kind === 'storage/newer') return void setNewerTold(true)
    const sentence = errorMessage(notice.error, words)
    // A swarm's trouble is a quiet line on its torrent, not a call for attention.
    if (notice.infoHash !== null && notice.error.kind.startsWith('swarm/')) return
    // At every start, of every torrent that lies outside: its line and its button say it.
    if (notice.error.kind === 'storage/permission') return
    const { infoHash } = notice
    const text = infoHash === null ? sentence : words.notices.about(nameOf(infoHash), sentence)
    const freeSpace = () => ui.change({ dialog: { name: 'storage', wanting: infoHash } })
    notices.show({
      text,
      tone: 'bad',
      ...(notice.error.kind === 'storage/full'
        ? { action: { label: words.actions.free, run: freeSpace } }
        : {}),
    })
  })

  const removal = makeRemoval({
    client,
    notices,
    words,
    onRemoved: (infoHash) => ui.state.selected === infoHash && detail.close(),
  })

  createLeaveWarning(engine, isLastTab, saving.isBusy)

  onCleanup(() => {
    stopTrouble()
    mirror.stop()
  })

  return {
    client,
    engine,
    ui,
    detail,
    words,
    preview,
    seeding,
    sharing,
    saving,
    notices,
    removal,
    newer,
    list: createTorrentList(engine, ui.state),
    intake: createIntake({ preview, sharing, words, say }),
    online: createOnline(),
    actions: {
      client,
      ui,
      tell: (error, torrent) => say(words.notices.about(torrent.name, errorMessage(error, words))),
      remove: (torrent) => removal.remove(torrent),
    },
  }
}

function Page() {
  const app = useApp()
  const running = () => app.engine.engine.name === 'running'
  const starting = () => app.engine.engine.name === 'starting'
  const hasList = createMemo(
    () => app.list.total() > 0 || Object.keys(app.engine.creating).length > 0,
  )
  const page = createPageInput(
    app.intake,
    (source) => app.preview.open(source),
    () => running() || starting(),
  )

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.altKey) return
    if (event.target instanceof HTMLElement && event.target.matches('input, select, textarea'))
      return
    if (event.ctrlKey || event.metaKey) {
      if (event.key === 'z' && app.removal.undo()) event.preventDefault()
      return
    }
    if (app.ui.state.dialog.name !== 'none' || app.preview.state().name !== 'closed') return
    if (app.sharing.asking() !== null) return
    if (event.key === '/') {
      document.getElementById('search')?.focus()
      event.preventDefault()
    }
    if (event.key === '?') app.ui.change({ dialog: { name: 'shortcuts' } })
    if (event.key === 'n' && running()) app.ui.change({ dialog: { name: 'network' } })
  }
  document.addEventListener('keydown', onKeyDown)
  onCleanup(() => document.removeEventListener('keydown', onKeyDown))

  return (
    <>
      <a class="skip-link" href="#main">
        {app.words.app.skip}
      </a>
      <PageHeader
        tools={running() && hasList()}
        status={running()}
        detail={app.ui.state.selected !== null}
      />
      <main id="main" class="page-main" tabindex={-1} aria-busy={starting()}>
        <Show when={running() && app.newer()}>
          <NewerBanner />
        </Show>
        <Show
          when={running() && app.engine.storage.kind === 'opfs' && !app.engine.storage.remembers}
        >
          <ForgetfulBanner />
        </Show>
        <Switch fallback={<EngineView />}>
          {/* The list stays while the next engine starts: in this tab or in another one. */}
          <Match when={running() || (starting() && hasList())}>
            <Library />
          </Match>
          <Match when={starting()}>
            <p class="starting" role="status">
              {app.words.engine.startingTitle}
            </p>
          </Match>
        </Switch>
      </main>
      <Dialogs />
      <Show when={page.dragging()}>
        <DropVeil />
      </Show>
      <Announcer />
      <NoticePlace notices={app.notices} words={app.words} />
      <TooltipLayer />
    </>
  )
}

function Dialogs() {
  const app = useApp()
  const close = () => app.ui.change({ dialog: { name: 'none' } })
  const shared = () => {
    const { dialog } = app.ui.state
    return dialog.name === 'share' ? app.engine.torrents[dialog.infoHash] : undefined
  }
  const wanting = () => {
    const { dialog } = app.ui.state
    return dialog.name === 'storage' && dialog.wanting !== null
      ? app.engine.torrents[dialog.wanting]
      : undefined
  }
  return (
    <>
      <Show when={app.preview.state().name !== 'closed'}>
        <PreviewSheet />
      </Show>
      <Show when={app.sharing.asking()}>
        <ShareSheet />
      </Show>
      <Show when={shared()}>{(torrent) => <ShareCard torrent={torrent()} onClose={close} />}</Show>
      <Show when={app.ui.state.dialog.name === 'storage'}>
        <StorageSheet wanting={wanting()} onClose={close} />
      </Show>
      <Show when={app.ui.state.dialog.name === 'settings'}>
        <SettingsSheet onClose={close} />
      </Show>
      <Show when={app.ui.state.dialog.name === 'network'}>
        <NetworkSheet onClose={close} />
      </Show>
      <Show when={app.ui.state.dialog.name === 'shortcuts'}>
        <ShortcutSheet onClose={close} />
      </Show>
    </>
  )
}
