import './status-dot.css'

export interface StatusDotProps {
  readonly level: 'full' | 'partial' | 'none' | 'idle'
}

/** The level by its shape as well as by its colour: full, half, hollow. The words stand beside it. */
export function StatusDot(props: StatusDotProps) {
  return <span class="status-dot" data-level={props.level} aria-hidden="true" />
}
