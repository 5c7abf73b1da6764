import type { Component } from 'solid-js'

export interface IconButtonProps {
  readonly icon: Component<{ size?: number | string }>
  /** What it does, as it is read out. */
  readonly label: string
  /** What the tooltip says; left out, the label. */
  readonly tip?: string
  readonly keyHint?: string
  readonly onClick: (event: MouseEvent) => void
}

/** A button that is only a picture: its word comes as a tooltip and for screen readers. */
export function IconButton(props: IconButtonProps) {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={props.label}
      aria-keyshortcuts={props.keyHint}
      data-tip={props.tip ?? props.label}
      onClick={(event) => props.onClick(event)}
    >
      <props.icon size={18} />
    </button>
  )
}
