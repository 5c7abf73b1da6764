import { For } from 'solid-js'
import { actionLabel, TORRENT_ACTIONS } from '../actions.ts'
import { useWords } from '../engine-context.tsx'
import { DialogFrame } from './dialog-frame.tsx'
import './shortcut-sheet.css'

/** Every key there is. Those of a torrent come from the one registry of actions. */
export function ShortcutSheet(props: { readonly onClose: () => void }) {
  const words = useWords()
  const anywhere = [
    ['Ctrl V', words.shortcuts.paste],
    ['Ctrl Z', words.actions.undoRemoval],
    ['/', words.actions.search],
    ['n', words.network.title],
    ['?', words.actions.shortcuts],
    ['Esc', words.actions.close],
  ] as const
  const onTorrent: ReadonlyArray<readonly [string, string]> = [
    ['↑ ↓', words.shortcuts.rows],
    ['Enter', words.shortcuts.open],
    ...TORRENT_ACTIONS.map((action) => [action.key, actionLabel(action, words)] as const),
  ]

  const table = (title: string, rows: ReadonlyArray<readonly [string, string]>) => (
    <section>
      <h3>{title}</h3>
      <dl class="shortcuts">
        <For each={rows}>
          {([key, meaning]) => (
            <div>
              <dt>{meaning}</dt>
              <dd>
                <For each={key.split(' ')}>{(one) => <kbd>{one}</kbd>}</For>
              </dd>
            </div>
          )}
        </For>
      </dl>
    </section>
  )

  return (
    <DialogFrame title={words.shortcuts.title} onClose={() => props.onClose()}>
      {table(words.shortcuts.anywhere, anywhere)}
      {table(words.shortcuts.onTorrent, onTorrent)}
    </DialogFrame>
  )
}
