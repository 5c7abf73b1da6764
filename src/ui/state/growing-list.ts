import { createMemo, createSignal, onCleanup, type Accessor } from 'solid-js'

/** Two screens of rows; what is rendered grows by as many. */
const PORTION = 60
/** The next portion is there before the last row comes into sight. */
const AHEAD = '1200px'

export interface GrowingList<Item> {
  readonly items: Accessor<readonly Item[]>
  /** For an element after the last item: when it comes near, more items follow. */
  readonly watchEnd: (end: Element) => void
}

/**
 * The beginning of a long list, as far as someone has looked. Ten thousand rows cost what sixty
 * do; rows may have any height, and what was passed stays, so that the page's own search and a
 * screen reader find it.
 */
export function createGrowingList<Item>(all: Accessor<readonly Item[]>): GrowingList<Item> {
  const [limit, setLimit] = createSignal(PORTION)
  const observer = new IntersectionObserver(
    (entries) => {
      if (entries.some((entry) => entry.isIntersecting) && limit() < all().length) {
        setLimit(limit() + PORTION)
        // An end that stays in sight is no news to an observer: look again.
        for (const { target } of entries) {
          observer.unobserve(target)
          observer.observe(target)
        }
      }
    },
    { rootMargin: AHEAD },
  )
  onCleanup(() => observer.disconnect())

  return {
    items: createMemo(() => (all().length <= limit() ? all() : all().slice(0, limit()))),
    watchEnd: (end) => observer.observe(end),
  }
}
