import { onCleanup, onMount } from 'solid-js'
import type { Millis } from '../../engine/model/units.ts'
import './tooltip-layer.css'

/** A pointer that only passes by is not asking. */
const HOVER_PATIENCE: Millis = 450
/** From the button to its words, and from the words to the edge of the window, in CSS pixels. */
const GAP = 6

/**
 * One tooltip for the whole page: it shows the words in `data-tip` of what is pointed at or has
 * the keyboard's focus, and goes on Escape (WCAG 2.2, 1.4.13). A list of thousands of rows has
 * thousands of icon buttons; none of them carries more than an attribute. The words are the
 * button's accessible name already, so the layer is hidden from screen readers.
 */
export function TooltipLayer() {
  let layer: HTMLDivElement | undefined
  let shownFor: HTMLElement | null = null
  let timer: ReturnType<typeof setTimeout> | undefined

  const hide = () => {
    clearTimeout(timer)
    shownFor = null
    if (layer?.matches(':popover-open') === true) layer.hidePopover()
  }

  const show = (target: HTMLElement) => {
    const words = target.dataset['tip']
    if (layer === undefined || words === undefined || !target.isConnected) return
    shownFor = target
    layer.textContent = words
    layer.showPopover()
    place(layer, target)
  }

  const tipped = (event: Event) =>
    event.target instanceof Element ? event.target.closest<HTMLElement>('[data-tip]') : null

  const onPointerOver = (event: PointerEvent) => {
    if (event.pointerType === 'touch') return
    const target = tipped(event)
    if (target === shownFor && target !== null) return
    hide()
    if (target !== null) timer = setTimeout(() => show(target), HOVER_PATIENCE)
  }

  const onFocusIn = (event: FocusEvent) => {
    const target = tipped(event)
    hide()
    if (target?.matches(':focus-visible') === true) show(target)
  }

  onMount(() => {
    const listeners = new AbortController()
    const { signal } = listeners
    document.addEventListener('pointerover', onPointerOver, { signal })
    document.addEventListener('focusin', onFocusIn, { signal })
    document.addEventListener('focusout', hide, { signal })
    document.addEventListener('pointerdown', hide, { signal })
    document.addEventListener('scroll', hide, { signal, capture: true, passive: true })
    document.addEventListener('keydown', (event) => event.key === 'Escape' && hide(), { signal })
    onCleanup(() => {
      listeners.abort()
      clearTimeout(timer)
    })
  })

  return <div ref={layer} class="tooltip" popover="manual" aria-hidden="true" />
}

/** Below the button, or above it near the bottom edge; never outside the window. */
function place(layer: HTMLElement, target: HTMLElement): void {
  const button = target.getBoundingClientRect()
  const words = layer.getBoundingClientRect()
  const below = button.bottom + GAP
  const top = below + words.height > innerHeight ? button.top - GAP - words.height : below
  const middle = button.left + button.width / 2 - words.width / 2
  const left = Math.min(Math.max(GAP, middle), innerWidth - words.width - GAP)
  layer.style.setProperty('top', `${top}px`)
  layer.style.setProperty('left', `${left}px`)
}
