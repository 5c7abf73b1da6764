import type { ToEngine } from './control.ts'

/**
 * The tabs' door: how the tabs of one origin find the engine that one of them started, and are
 * served by it as its own page is.
 *
 * All meet at one `BroadcastChannel`, `TAB_DOOR`. A tab that asks to be served names a link, and
 * from then on it and the engine speak alone, by the channel `linkName(link)`, in the words of the
 * control port. No page stands between: the one that started the engine may be busy or hidden.
 *
 * A channel says nothing of an end, so each side holds a Web Lock for as long as it lives, of a
 * name nobody else uses: `linkName(link)` the tab, `engineLife(engine)` the worker. Whoever gets
 * the other's lock knows that the other is gone, however it went.
 *
 * What is said at the door itself may be heard by a tab of another build, so these messages stay
 * as they are, and one that is not known means nothing.
 *
 * Seen in Chromium 156 and Firefox 153: `File`s and `FileSystemHandle`s go through a
 * `BroadcastChannel` both ways between a page and another page's worker and work there as
 * ever, 16 MiB of bytes take 0.1 s, a question and its answer 0.6 ms. A `MessagePort` does not go.
 */
export type AtDoor =
  /** An engine serves tabs from now on. */
  | { readonly type: 'here'; readonly engine: EngineId; readonly build: string }
  /** A tab, which holds the lock of its link already, asks to be served. */
  | { readonly type: 'attach'; readonly link: LinkId; readonly build: string }
  /**
   * A tab hears nothing from its engine: whoever started one may look, too. The timers of a page
   * in the background are slow, and this comes at once.
   */
  | { readonly type: 'quiet' }

/** What a tab says by its channel; the engine answers as its own page is answered. */
export type FromTab =
  | Exclude<ToEngine, { readonly type: 'init' }>
  /** One notice has arrived. */
  | { readonly type: 'heard' }

/** Names one engine from its start to its end; a UUID. */
export type EngineId = string
/** Names one attachment of one tab to one engine; a UUID. */
export type LinkId = string

export const TAB_DOOR = 'chiral-engine'

/** Of the channel and of the tab's lock. */
export function linkName(link: LinkId): string {
  return `chiral-tab-${link}`
}

/** Of the lock a worker holds while it lives, for all who want to know of its end. */
export function engineLife(engine: EngineId): string {
  return `chiral-engine-${engine}`
}
