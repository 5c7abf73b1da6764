import FileArchive from 'lucide-solid/icons/file-archive'
import FolderDown from 'lucide-solid/icons/folder-down'
import { createMemo, Show } from 'solid-js'
import type { FileEntry, TorrentSnapshot } from '../../engine/model/torrent.ts'
import { useApp } from '../engine-context.tsx'
import { formatBytes } from '../format/bytes.ts'
import { fractionOf } from '../format/percent.ts'
import { savableFiles, type Saving } from '../state/save-flow.ts'
import { ProgressBar } from './progress-bar.tsx'
import './save-bar.css'

export interface SaveBarProps {
  readonly torrent: TorrentSnapshot
  readonly files: readonly FileEntry[] | null
}

/** The way out of the browser for many files at once: as one archive, or as they are. */
export function SaveBar(props: SaveBarProps) {
  const app = useApp()
  const say = app.words.save
  const savable = createMemo(() => savableFiles(props.files ?? []))
  const running = () => app.saving.running(props.torrent.infoHash)
  const all = () => savable().length === props.files?.length
  const start = (form: 'zip' | 'folder') => app.saving.start(props.torrent, savable(), form)
  const sentence = ({ checking, totalBytes }: Saving) =>
    checking === null
      ? say.saving(formatBytes(totalBytes, app.words))
      : say.checking(lastPart(checking.path))
  const fraction = ({ checking, doneBytes, totalBytes }: Saving) =>
    checking === null
      ? Math.min(1, fractionOf(doneBytes, totalBytes))
      : fractionOf(checking.doneBytes, checking.length)
  // One file has its own button in the list, and needs no archive.
  const useful = () => savable().length > 1 || (app.saving.folders && savable().length > 0)

  return (
    <Show when={useful() || running() !== null}>
      <div class="save-bar">
        <Show
          when={running()}
          fallback={
            <>
              <Show when={savable().length > 1}>
                <button type="button" class="button" onClick={() => start('zip')}>
                  <FileArchive size={16} aria-hidden="true" />
                  {all() ? say.allAsZip : say.someAsZip(savable().length)}
                </button>
              </Show>
              <Show when={app.saving.folders}>
                <button type="button" class="button" onClick={() => start('folder')}>
                  <FolderDown size={16} aria-hidden="true" />
                  {say.intoFolder}
                </button>
              </Show>
            </>
          }
        >
          {(saving) => (
            <>
              <p class="save-bar-sentence figure" role="status">
                {sentence(saving())}
              </p>
              <button
                type="button"
                class="button"
                data-kind="quiet"
                aria-label={say.cancelNamed(props.torrent.name)}
                onClick={() => app.saving.cancel(props.torrent.infoHash)}
              >
                {say.cancel}
              </button>
              <ProgressBar
                fraction={fraction(saving())}
                tone="rest"
                label={say.progress(props.torrent.name)}
              />
            </>
          )}
        </Show>
      </div>
    </Show>
  )
}

function lastPart(path: string): string {
  return path.split('/').at(-1) ?? path
}
