import { Tooltip } from '@kobalte/core/tooltip'
import type { Component } from 'solid-js'

export interface IconButtonProps {
  readonly icon: Component<{ size?: number | string }>
  /** What it does, as it is read out; the tooltip says `tip`, or this. */
  readonly label: string
  readonly tip?: string
  readonly keyHint?: string
  readonly size?: number
  readonly onClick: (event: MouseEvent) => void
}

/** A button that is only a picture: its word comes as a tooltip and for screen readers. */
export function IconButton(props: IconButtonProps) {
  return (
    <Tooltip openDelay={500} gutter={6}>
      <Tooltip.Trigger
        as="button"
        type="button"
        class="icon-button"
        aria-label={props.label}
        aria-keyshortcuts={props.keyHint}
        onClick={(event: MouseEvent) => props.onClick(event)}
      >
        <props.icon size={props.size ?? 18} />
      </Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content class="tooltip">{props.tip ?? props.label}</Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip>
  )
}
