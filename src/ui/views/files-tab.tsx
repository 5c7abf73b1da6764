import Download from 'lucide-solid/icons/download'
import X from 'lucide-solid/icons/x'
import { createEffect, createMemo, createSignal, on, Show } from 'solid-js'
import type { FileIndex } from '../../engine/model/ids.ts'
import type { FileEntry, TorrentSnapshot } from '../../engine/model/torrent.ts'
import type { Bytes } from '../../engine/model/units.ts'
import { SaveBar } from '../components/save-bar.tsx'
import { FileTreeView } from '../components/file-tree-view.tsx'
import { useApp } from '../engine-context.tsx'
import { formatPercent, fractionOf } from '../format/percent.ts'
import { saveFile } from '../input/save-file.ts'
import { createWatched } from '../state/watched.ts'
import type { FileNode } from '../tree/file-tree.ts'

/** Which files are wanted, how far each is, and the way out of the browser for finished ones. */
export function FilesTab(props: { readonly torrent: TorrentSnapshot }) {
  const app = useApp()
  const watched = createWatched<FileEntry>(
    () => props.torrent.infoHash,
    (signal) => app.client.call('torrent.files', { infoHash: props.torrent.infoHash }, { signal }),
    'index',
  )
  const [wish, setWish] = createSignal<ReadonlySet<FileIndex> | null>(null)

  const files = createMemo(() => {
    const items = watched.items
    return items === null ? null : items.map(({ path, length }) => ({ path, length }))
  })
  const wanted = createMemo(
    () => new Set((watched.items ?? []).filter((file) => file.wanted).map((file) => file.index)),
  )
  // A wish shows at once, and ends when the engine's own word agrees.
  createEffect(
    on(wanted, (now) => {
      const wished = wish()
      if (wished !== null && wished.size === now.size && wished.isSubsetOf(now)) setWish(null)
    }),
  )

  const want = async (ticked: ReadonlySet<FileIndex>) => {
    setWish(ticked)
    const { torrent } = props
    const answer = await app.client.call('torrent.want', {
      infoHash: torrent.infoHash,
      files: [...ticked].sort((a, b) => a - b),
    })
    if (answer.ok) return
    setWish(null)
    app.actions.tell(answer.error, torrent)
  }

  return (
    <Show when={files()} fallback={<p class="detail-nothing">{app.words.detail.noFiles}</p>}>
      {(list) => (
        <Show
          when={list().length > 0}
          fallback={<p class="detail-nothing">{app.words.detail.noFiles}</p>}
        >
          <SaveBar torrent={props.torrent} files={watched.items} />
          <FileTreeView
            files={list()}
            ticked={wish() ?? wanted()}
            onTick={(ticked) => void want(ticked)}
            end={(file) => <FileEnd torrent={props.torrent} file={file} items={watched.items} />}
          />
        </Show>
      )}
    </Show>
  )
}

interface FileEndProps {
  readonly torrent: TorrentSnapshot
  readonly file: FileNode
  readonly items: readonly FileEntry[] | null
}

/** Save, or how far it is. */
function FileEnd(props: FileEndProps) {
  const app = useApp()
  const [saving, setSaving] = createSignal<AbortController | null>(null)
  /** How much of it is proved; null where that is over in a moment. */
  const [checked, setChecked] = createSignal<Bytes | null>(null)
  const entry = () => props.items?.[props.file.index]
  const finished = () => {
    const here = entry()
    return here !== undefined && here.haveBytes >= here.length
  }

  const save = async () => {
    const controller = new AbortController()
    const { signal } = controller
    setSaving(controller)
    const { torrent, file } = props
    const args = { infoHash: torrent.infoHash, file: file.index }
    try {
      const options = { signal, onProgress: setChecked }
      const answer = await app.client.call('torrent.export', args, options)
      if (answer.ok) saveFile(answer.value, file.name)
      else app.actions.tell(answer.error, torrent)
    } catch (thrown) {
      if (!signal.aborted) throw thrown
    } finally {
      setSaving(null)
      setChecked(null)
    }
  }

  return (
    <span class="file-end figure">
      <Show
        when={finished()}
        fallback={
          <span class="soft">
            {formatPercent(fractionOf(entry()?.haveBytes ?? 0, props.file.length), app.words)}
          </span>
        }
      >
        <Show
          when={checked()}
          fallback={
            <button
              type="button"
              class="icon-button file-save"
              aria-label={app.words.tree.saveNamed(props.file.name)}
              data-tip={app.words.tree.save}
              disabled={saving() !== null}
              onClick={() => void save()}
            >
              <Download size={16} />
            </button>
          }
        >
          {(bytes) => (
            <>
              <span class="soft">
                {app.words.save.checked(
                  formatPercent(fractionOf(bytes(), props.file.length), app.words),
                )}
              </span>
              <button
                type="button"
                class="icon-button file-save"
                aria-label={app.words.save.cancelNamed(props.file.name)}
                data-tip={app.words.save.cancel}
                onClick={() => saving()?.abort()}
              >
                <X size={16} />
              </button>
            </>
          )}
        </Show>
      </Show>
    </span>
  )
}
