import {
  createEffect,
  createMemo,
  createSignal,
  Match,
  on,
  onCleanup,
  Show,
  Switch,
} from 'solid-js'
import type { FileIndex } from '../../engine/model/ids.ts'
import type { TorrentPreview } from '../../engine/model/torrent.ts'
import { SECOND, type Timestamp } from '../../engine/model/units.ts'
import { useApp } from '../engine-context.tsx'
import { formatBytes } from '../format/bytes.ts'
import { errorMessage } from '../format/error-message.ts'
import { hostOf } from '../format/host.ts'
import { nameOfSource, type GivenSource } from '../state/preview-flow.ts'
import { tickedLength } from '../tree/file-tree.ts'
import { InvitePart } from '../privacy/invite-part.tsx'
import { invitedAnew, inviteProblem } from '../privacy/invite-problem.ts'
import { DialogFrame } from './dialog-frame.tsx'
import { FileTreeView } from './file-tree-view.tsx'
import { ProgressBar } from './progress-bar.tsx'
import './preview-sheet.css'

/** What is inside, before anything of it is downloaded: which files, kept where, open to whom. */
export function PreviewSheet() {
  const app = useApp()
  const say = app.words.preview
  const [ticked, setTicked] = createSignal<ReadonlySet<FileIndex>>(new Set())
  const [passphrase, setPassphrase] = createSignal('')

  const preview = createMemo(() => {
    const now = app.preview.state()
    return now.name === 'answered' ? now.preview : null
  })
  createEffect(on(preview, (found) => found !== null && setTicked(tickedAtFirst(found))))

  const asking = () => {
    const now = app.preview.state()
    return now.name === 'asking' ? now : null
  }
  const refused = () => {
    const now = app.preview.state()
    return now.name === 'refused' ? now.error : null
  }

  const invite = () => preview()?.invite ?? null
  const unusable = () => {
    const invited = invite()
    return invited === null ? null : inviteProblem(invited, Date.now())
  }
  const asksPassphrase = () => invite()?.door === 'passphrase'
  const join = () => app.preview.join(asksPassphrase() ? passphrase() : null)

  /** Of a private torrent the files are known inside only: all of them, then. */
  const wanted = () => (preview()?.files.length === 0 ? null : ticked())
  const mayDownload = () => wanted()?.size !== 0

  const bytes = () => {
    const found = preview()
    return found === null ? 0 : tickedLength(found.files, ticked())
  }
  const free = () => app.engine.storage.quotaBytes - app.engine.storage.usedBytes
  const fits = () => app.engine.storage.quotaBytes === 0 || bytes() <= free()

  const title = () => {
    const now = app.preview.state()
    if (now.name === 'closed') return say.title
    const found = preview()
    if (found?.invite !== undefined) return app.words.privacy.joinTitle(found.name)
    return found?.name ?? nameOfSource(now.source) ?? say.title
  }
  const present = () =>
    (preview()?.present === true && !invitedAnew(preview(), app.engine.torrents)) ||
    app.preview.addError()?.kind === 'input/duplicate'

  const showPresent = () => {
    const error = app.preview.addError()
    const infoHash = error?.kind === 'input/duplicate' ? error.infoHash : preview()?.infoHash
    app.preview.close()
    if (infoHash === undefined) return
    app.ui.change({ filter: 'all', search: '' })
    app.detail.open(infoHash)
  }

  return (
    <DialogFrame
      title={title()}
      lead={preview()?.comment ?? undefined}
      size="large"
      onClose={() => app.preview.close()}
      footer={
        <>
          <button
            type="button"
            class="button"
            data-kind="quiet"
            onClick={() => app.preview.close()}
          >
            {refused() === null ? say.cancel : say.close}
          </button>
          <Switch>
            <Match when={present()}>
              <button type="button" class="button" data-kind="main" onClick={showPresent}>
                {say.show}
              </button>
            </Match>
            <Match when={refused()}>
              <button
                type="button"
                class="button"
                data-kind="main"
                onClick={() => app.preview.retry()}
              >
                {say.tryAgain}
              </button>
            </Match>
            <Match when={asking()}>
              <IntoFolder ticked={() => null} disabled={false} />
              <button
                type="button"
                class="button"
                data-kind="main"
                aria-busy={app.preview.adding()}
                onClick={() => void app.preview.add(null)}
              >
                {say.download}
              </button>
            </Match>
            <Match when={invite()}>
              <button
                type="submit"
                form="join"
                class="button"
                data-kind="main"
                disabled={unusable() !== null || (asksPassphrase() && passphrase() === '')}
                aria-busy={app.preview.adding()}
              >
                {app.words.privacy.join}
              </button>
            </Match>
            <Match when={preview()}>
              <IntoFolder ticked={wanted} disabled={!mayDownload()} />
              <button
                type="button"
                class="button"
                data-kind="main"
                disabled={!mayDownload()}
                aria-busy={app.preview.adding()}
                onClick={() => void app.preview.add(wanted())}
              >
                {ticked().size === 0
                  ? say.download
                  : say.downloadBytes(formatBytes(bytes(), app.words))}
              </button>
            </Match>
          </Switch>
        </>
      }
    >
      <Switch>
        <Match when={asking()}>
          {(now) => <Waiting source={now().source} since={now().since} />}
        </Match>
        <Match when={refused()}>
          {(error) => (
            <p class="problem" role="alert">
              {errorMessage(error(), app.words)}
            </p>
          )}
        </Match>
        <Match when={preview()}>
          {(found) => (
            <>
              <Show when={present()}>
                <p class="preview-present" role="status">
                  {say.present}
                </p>
              </Show>
              <Show when={found().invite === undefined}>
                <FileTreeView
                  files={found().files}
                  ticked={ticked()}
                  onTick={(next) => setTicked(next)}
                />
              </Show>
              <Show when={found().invite}>
                {(invited) => (
                  <form
                    id="join"
                    onSubmit={(event) => {
                      event.preventDefault()
                      void join()
                    }}
                  >
                    <InvitePart
                      invite={invited()}
                      bytes={found().totalBytes}
                      unusable={unusable()}
                      passphrase={passphrase()}
                      onPassphrase={setPassphrase}
                    />
                  </form>
                )}
              </Show>
              <dl class="preview-facts">
                <div>
                  <dt>{say.keptWhere}</dt>
                  <dd>
                    {app.engine.storage.kind === 'memory' ? say.keptMemory : say.keptIn}
                    <Show when={app.engine.storage.quotaBytes > 0}>
                      {', '}
                      <span class="figure">
                        {say.room(formatBytes(Math.max(0, free()), app.words))}
                      </span>
                    </Show>
                  </dd>
                </div>
                <div>
                  <dt>{say.whoMayJoin}</dt>
                  <dd>
                    {found().invite !== undefined || found().policy?.name === 'private'
                      ? app.words.privacy.membersOnly
                      : say.anyone}
                  </dd>
                </div>
              </dl>
              <div role="alert">
                <Show when={!fits()}>
                  <p class="problem">
                    {say.noRoom(
                      formatBytes(bytes(), app.words),
                      formatBytes(Math.max(0, free()), app.words),
                    )}
                  </p>
                  <button
                    type="button"
                    class="button"
                    onClick={() => app.ui.change({ dialog: { name: 'storage', wanting: null } })}
                  >
                    {app.words.actions.free}
                  </button>
                </Show>
                <Show when={!present() && app.preview.addError()}>
                  {(error) => <p class="problem">{errorMessage(error(), app.words)}</p>}
                </Show>
              </div>
            </>
          )}
        </Match>
      </Switch>
    </DialogFrame>
  )
}

interface IntoFolderProps {
  readonly ticked: () => ReadonlySet<FileIndex> | null
  readonly disabled: boolean
}

/** The other way to download: each file also lands in a folder of the person's once it is whole. */
function IntoFolder(props: IntoFolderProps) {
  const app = useApp()
  const download = async () => {
    const folder = await app.saving.chooseFolder()
    if (folder !== null) await app.preview.add(props.ticked(), folder)
  }
  return (
    <Show when={app.saving.folders}>
      <button
        type="button"
        class="button"
        disabled={props.disabled}
        onClick={() => void download()}
      >
        {app.words.preview.intoFolder}
      </button>
    </Show>
  )
}

/** Nothing is known yet: what is being asked, since when, and what may be wrong. */
function Waiting(props: { readonly source: GivenSource; readonly since: Timestamp }) {
  const app = useApp()
  const say = app.words.preview
  const [now, setNow] = createSignal(Date.now())
  const timer = setInterval(() => setNow(Date.now()), SECOND)
  onCleanup(() => clearInterval(timer))

  const seconds = () => Math.max(0, Math.floor((now() - props.since) / SECOND))
  const sentence = () => {
    const url = urlOfSource(props.source)
    if (url !== null) return say.fetching(hostOf(url))
    return typeof props.source !== 'string' && props.source.from === 'metainfo'
      ? say.reading
      : say.gettingList
  }
  const fromPeers = () => sentence() === say.gettingList
  const PATIENCE = 12

  return (
    <div class="preview-waiting">
      <p role="status">{sentence()}</p>
      <ProgressBar fraction={null} tone="rest" label={sentence()} />
      <Show when={fromPeers() && seconds() >= 3}>
        <p class="soft figure">{say.waited(seconds())}</p>
      </Show>
      <Show when={fromPeers() && seconds() >= PATIENCE}>
        <p class="soft" role="status">
          {say.waitedHint}
        </p>
      </Show>
    </div>
  )
}

function tickedAtFirst(preview: TorrentPreview): ReadonlySet<FileIndex> {
  return new Set(preview.selected ?? preview.files.keys())
}

function urlOfSource(source: GivenSource): string | null {
  if (typeof source !== 'string') return source.from === 'url' ? source.url : null
  return /^https?:\/\//i.test(source) ? source : null
}
