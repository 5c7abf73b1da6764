import { Toast, toaster } from '@kobalte/core/toast'
import CircleAlert from 'lucide-solid/icons/circle-alert'
import X from 'lucide-solid/icons/x'
import { createEffect, createMemo, onCleanup, Show } from 'solid-js'
import { Portal } from 'solid-js/web'
import { SECOND, type Millis } from '../../engine/model/units.ts'
import type { Words } from '../i18n/en.ts'
import type { NoticeText } from './notices.tsx'
import './notice-region.css'

/** Long enough to read two lines and to reach a button; it waits while someone points at it. */
const NOTICE_STAYS: Millis = 8 * SECOND

/** Returns the function that takes it away. */
export function showToast(notice: NoticeText, words: Words, onGone: () => void): () => void {
  const id = toaster.show((props) => (
    <Notice id={props.toastId} notice={notice} words={words} onGone={onGone} />
  ))
  return () => toaster.dismiss(id)
}

/** How much of a phone's top they cover is known to the dialogs, whose buttons would lie below. */
function tellHeight(list: HTMLElement): void {
  const { style } = document.documentElement
  const watch = new ResizeObserver(() => {
    style.setProperty('--notices', `${list.offsetHeight}px`)
  })
  watch.observe(list)
  onCleanup(() => {
    watch.disconnect()
    style.removeProperty('--notices')
  })
}

export function NoticeRegion(props: { readonly words: Words }) {
  return (
    <Portal>
      <Toast.Region
        class="notice-region"
        aria-label={props.words.notices.region}
        duration={NOTICE_STAYS}
        topLayer
      >
        <Toast.List as="div" class="notice-list" ref={tellHeight} />
      </Toast.Region>
    </Portal>
  )
}

interface NoticeProps {
  readonly id: number
  readonly notice: NoticeText
  readonly words: Words
  readonly onGone: () => void
}

function Notice(props: NoticeProps) {
  onCleanup(() => props.onGone())
  const left = createMemo(() => {
    const { until } = props.notice
    return until === undefined ? null : until - Date.now()
  })
  createEffect(() => {
    const time = left()
    if (time === null) return
    const timer = setTimeout(() => toaster.dismiss(props.id), time)
    onCleanup(() => clearTimeout(timer))
  })
  return (
    <Toast
      as="div"
      toastId={props.id}
      class="notice"
      data-tone={props.notice.tone}
      priority="low"
      persistent={left() !== null}
    >
      <Show when={props.notice.tone === 'bad'}>
        <CircleAlert size={18} />
      </Show>
      <Toast.Description class="notice-text" dir="auto">
        {props.notice.text}
      </Toast.Description>
      <Show when={props.notice.action}>
        {(action) => (
          <button
            type="button"
            class="notice-action"
            onClick={() => {
              action().run()
              toaster.dismiss(props.id)
            }}
          >
            {action().label}
          </button>
        )}
      </Show>
      <Toast.CloseButton class="icon-button" aria-label={props.words.notices.dismiss}>
        <X size={16} />
      </Toast.CloseButton>
      <Show when={left()}>
        {(time) => (
          <div
            class="notice-time"
            style={{ 'animation-duration': `${time()}ms` }}
            aria-hidden="true"
          />
        )}
      </Show>
    </Toast>
  )
}
