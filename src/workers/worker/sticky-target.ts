/**
 * An event target with events that happen once and stay: whoever listens later is told too, in
 * a microtask. Between threads, news can be faster than the one who asked for it: libp2p waits
 * for `open` and `close` of a channel the peer may have closed already.
 */
export class StickyTarget extends EventTarget {
  readonly #settled = new Set<string>()
  readonly #late: Late[] = []

  /** Tells `event` to every listener, now and later. A second event of its type is not told. */
  protected settle(event: Event): void {
    if (this.#settled.has(event.type)) return
    this.#settled.add(event.type)
    this.dispatchEvent(event)
  }

  override addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: AddEventListenerOptions | boolean,
  ): void {
    if (listener === null || !this.#settled.has(type)) {
      super.addEventListener(type, listener, options)
      return
    }
    const signal = typeof options === 'object' ? options.signal : undefined
    const late: Late = { type, listener }
    this.#late.push(late)
    queueMicrotask(() => {
      const at = this.#late.indexOf(late)
      if (at === -1) return
      this.#late.splice(at, 1)
      if (signal?.aborted === true) return
      const event = new Event(type)
      if (typeof listener === 'function') listener.call(this, event)
      else listener.handleEvent(event)
    })
  }

  override removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: EventListenerOptions | boolean,
  ): void {
    super.removeEventListener(type, listener, options)
    const at = this.#late.findIndex((late) => late.type === type && late.listener === listener)
    if (at !== -1) this.#late.splice(at, 1)
  }
}

/** A listener that came after its event and has not been told yet. */
interface Late {
  readonly type: string
  readonly listener: EventListenerOrEventListenerObject
}
