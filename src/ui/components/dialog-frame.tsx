import { Dialog } from '@kobalte/core/dialog'
import X from 'lucide-solid/icons/x'
import { onCleanup, Show, type JSX } from 'solid-js'
import { useWords } from '../engine-context.tsx'
import './dialog-frame.css'

export interface DialogFrameProps {
  readonly title: string
  readonly lead?: string | undefined
  /** `alert` for a question that must be answered. */
  readonly kind?: 'alert'
  readonly size?: 'small' | 'large'
  readonly onClose: () => void
  readonly children: JSX.Element
  readonly footer?: JSX.Element
}

/**
 * A dialog: in the middle of a wide page, from the bottom edge of a phone. It is there for as
 * long as it is rendered; the focus goes back to where it was.
 */
export function DialogFrame(props: DialogFrameProps) {
  const words = useWords()
  const before = document.activeElement

  // The dialog itself, so that its title and its words are read, and no button by accident.
  const takeFocus = (event: Event) => {
    event.preventDefault()
    if (event.target instanceof HTMLElement) event.target.focus({ preventScroll: true })
  }

  const giveFocusBack = (event: Event) => {
    event.preventDefault()
    if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
    else document.getElementById('main')?.focus({ preventScroll: true })
  }

  /** What had the focus may go away: without any, Escape and Tab would mean nothing in here. */
  const keepFocus = (content: HTMLElement) => {
    const watch = new MutationObserver(() => {
      if (document.activeElement === document.body) content.focus({ preventScroll: true })
    })
    watch.observe(content, { childList: true, subtree: true })
    onCleanup(() => watch.disconnect())
  }

  return (
    <Dialog open onOpenChange={(open) => !open && props.onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay class="dialog-veil" />
        <div class="dialog-place">
          <Dialog.Content
            ref={keepFocus}
            class="dialog"
            role={props.kind === 'alert' ? 'alertdialog' : 'dialog'}
            data-size={props.size ?? 'small'}
            onOpenAutoFocus={takeFocus}
            onCloseAutoFocus={giveFocusBack}
          >
            <header class="dialog-head">
              <div>
                <Dialog.Title class="dialog-title" dir="auto">
                  {props.title}
                </Dialog.Title>
                <Show when={props.lead}>
                  {(lead) => <Dialog.Description class="soft">{lead()}</Dialog.Description>}
                </Show>
              </div>
              <Dialog.CloseButton class="icon-button" aria-label={words.actions.close}>
                <X size={18} />
              </Dialog.CloseButton>
            </header>
            <div class="dialog-body">{props.children}</div>
            <Show when={props.footer}>
              <footer class="dialog-foot">{props.footer}</footer>
            </Show>
          </Dialog.Content>
        </div>
      </Dialog.Portal>
    </Dialog>
  )
}
