import { Show } from 'solid-js'
import type { TorrentSnapshot } from '../../engine/model/torrent.ts'
import { removeTorrent } from '../actions.ts'
import { useApp } from '../engine-context.tsx'
import { formatBytes } from '../format/bytes.ts'
import { DialogFrame } from './dialog-frame.tsx'

export interface RemoveDialogProps {
  readonly torrent: TorrentSnapshot
  readonly onClose: () => void
}

/** Asked only when there is something to lose. */
export function RemoveDialog(props: RemoveDialogProps) {
  const app = useApp()
  const say = app.words.remove
  const inMemory = () => app.engine.storage.kind === 'memory'
  const kept = () => formatBytes(props.torrent.haveBytes, app.words)

  const remove = (deleteData: boolean) => {
    const { torrent } = props
    props.onClose()
    void removeTorrent(torrent, deleteData, app.actions)
  }

  return (
    <DialogFrame
      kind="alert"
      title={say.title(props.torrent.name)}
      lead={inMemory() ? say.textMemory(kept()) : say.text(kept())}
      onClose={() => props.onClose()}
      footer={
        <>
          <button type="button" class="button" data-kind="quiet" onClick={() => props.onClose()}>
            {say.cancel}
          </button>
          <Show when={!inMemory()}>
            <button type="button" class="button" onClick={() => remove(false)}>
              {say.keep}
            </button>
          </Show>
          <button type="button" class="button" data-kind="bad" onClick={() => remove(true)}>
            {say.delete(kept())}
          </button>
        </>
      }
    >
      {null}
    </DialogFrame>
  )
}
