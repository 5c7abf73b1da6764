import './mark.css'

/** Two strokes, each the other's mirror image: one for what comes, one for what goes. */
export function Mark(props: { readonly size: number }) {
  return (
    <svg class="mark" viewBox="0 0 24 24" width={props.size} height={props.size} aria-hidden="true">
      <path class="mark-down" d="M9.4 2.8c0 6.2-6 7.2-6 12.4 0 3.6 2.6 6 6 6" />
      <path class="mark-up" d="M14.6 2.8c0 6.2 6 7.2 6 12.4 0 3.6-2.6 6-6 6" />
    </svg>
  )
}
