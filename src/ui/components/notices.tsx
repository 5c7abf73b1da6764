import { createSignal, lazy, Show, type Accessor } from 'solid-js'
import type { Timestamp } from '../../engine/model/units.ts'
import type { Words } from '../i18n/en.ts'

/** A few words at the edge of the page. */
export interface NoticeText {
  readonly text: string
  readonly tone: 'plain' | 'bad'
  /** When it goes; what its button does is too late then. Left out, after a while. */
  readonly until?: Timestamp
  readonly action?: { readonly label: string; readonly run: () => void }
}

export interface Notices {
  /**
   * Shows it for a while; what is on the page already is not said twice. Returns the function
   * that takes it away before its time.
   */
  show(notice: NoticeText): () => void
  /** True from the first notice on: until then nothing is loaded to show one. */
  readonly begun: Accessor<boolean>
}

export function makeNotices(words: Words): Notices {
  const onPage = new Set<string>()
  const [begun, setBegun] = createSignal(false)

  return {
    begun,
    show(notice) {
      if (onPage.has(notice.text)) return () => {}
      onPage.add(notice.text)
      setBegun(true)
      const shown = import('./notice-region.tsx').then(({ showToast }) =>
        showToast(notice, words, () => onPage.delete(notice.text)),
      )
      return () => void shown.then((dismiss) => dismiss())
    },
  }
}

const Region = lazy(async () => ({ default: (await import('./notice-region.tsx')).NoticeRegion }))

/** Where notices appear. Once in the page. */
export function NoticePlace(props: { readonly notices: Notices; readonly words: Words }) {
  return (
    <Show when={props.notices.begun()}>
      <Region words={props.words} />
    </Show>
  )
}
