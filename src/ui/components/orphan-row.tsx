import { createEffect, createSignal, Show } from 'solid-js'
import type { OrphanSnapshot } from '../../engine/model/engine-state.ts'
import { useApp } from '../engine-context.tsx'
import { formatBytes } from '../format/bytes.ts'

export interface OrphanRowProps {
  readonly orphan: OrphanSnapshot
  readonly onBringBack: () => void
  readonly onDelete: () => void
}

/** Data of no torrent in the list. There is no undo for deleting it, so it is asked once more. */
export function OrphanRow(props: OrphanRowProps) {
  const app = useApp()
  const say = app.words.storage
  const named = (action: string, name: string) => app.words.actions.named(action, name)
  const [asking, setAsking] = createSignal(false)
  const [sure, setSure] = createSignal<HTMLButtonElement>()
  const [first, setFirst] = createSignal<HTMLButtonElement>()
  // The buttons take each other's place; the keyboard goes on from there.
  createEffect(() => sure()?.focus())

  const name = () => props.orphan.name ?? say.unnamed(props.orphan.infoHash.slice(0, 8))
  const bytes = () => formatBytes(props.orphan.bytes, app.words)
  const back = () => {
    setAsking(false)
    first()?.focus()
  }

  return (
    <li
      class="storage-row"
      on:keydown={(event) => {
        if (event.key !== 'Escape' || !asking()) return
        event.stopPropagation()
        back()
      }}
    >
      <div class="storage-what">
        <p class="storage-name" dir="auto">
          {name()}
        </p>
        <Show when={asking()}>
          <p class="storage-sure" role="status">
            {say.sure(bytes())}
          </p>
        </Show>
      </div>
      <span class="figure">{bytes()}</span>
      <div class="storage-buttons">
        <Show
          when={asking()}
          fallback={
            <>
              <Show when={props.orphan.name !== null}>
                <button
                  type="button"
                  class="button"
                  aria-label={named(say.bringBack, name())}
                  onClick={() => props.onBringBack()}
                >
                  {say.bringBack}
                </button>
              </Show>
              <button
                type="button"
                class="button"
                aria-label={named(say.delete, name())}
                ref={setFirst}
                onClick={() => setAsking(true)}
              >
                {say.delete}
              </button>
            </>
          }
        >
          <button type="button" class="button" data-kind="quiet" onClick={back}>
            {say.cancel}
          </button>
          <button
            type="button"
            class="button"
            data-kind="bad"
            ref={setSure}
            onClick={() => {
              setAsking(false)
              props.onDelete()
            }}
          >
            {say.deleteForGood}
          </button>
        </Show>
      </div>
    </li>
  )
}
