import { createMemo } from 'solid-js'
import './progress-bar.css'

export interface ProgressBarProps {
  /** 0 to 1; null while nobody can know. */
  readonly fraction: number | null
  readonly label: string
  readonly tone: 'down' | 'up' | 'rest' | 'bad'
  /** Complete and nothing moves: the bar steps back. */
  readonly quiet?: boolean
}

/** Steps of a bar: finer ones than a wide screen has pixels would be painted for nobody. */
const STEPS = 2000

export function ProgressBar(props: ProgressBarProps) {
  const shown = createMemo(() => Math.floor((props.fraction ?? 0) * STEPS) / STEPS)
  const percent = () => (props.fraction === null ? undefined : Math.floor(props.fraction * 100))
  return (
    <div
      class="progress-bar"
      data-tone={props.tone}
      data-quiet={props.quiet === true ? '' : undefined}
      data-unknown={props.fraction === null ? '' : undefined}
      role="progressbar"
      aria-label={props.label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent()}
    >
      <div class="progress-bar-fill" style={{ '--fraction': shown() }} />
    </div>
  )
}
