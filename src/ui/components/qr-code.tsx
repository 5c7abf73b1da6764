import { createMemo, Show } from 'solid-js'
import { encode } from 'uqr'
import './qr-code.css'

export interface QrCodeProps {
  readonly text: string
  readonly label: string
  /** Said instead when the text is too long for any code (2953 bytes; ISO/IEC 18004). */
  readonly tooLong: string
}

export function QrCode(props: QrCodeProps) {
  const code = createMemo(() => encodeOrNull(props.text))
  return (
    <Show when={code()} fallback={<p class="soft">{props.tooLong}</p>}>
      {(drawn) => (
        <svg
          class="qr-code"
          role="img"
          aria-label={props.label}
          viewBox={`0 0 ${drawn().size} ${drawn().size}`}
          shape-rendering="crispEdges"
        >
          <path d={drawn().path} />
        </svg>
      )}
    </Show>
  )
}

/** One rectangle for each run of dark modules: no hairlines between neighbours. */
function rowPath(row: readonly boolean[], y: number): string {
  let path = ''
  for (let x = 0; x < row.length; x++) {
    if (row[x] !== true) continue
    const from = x
    while (row[x + 1] === true) x += 1
    path += `M${from} ${y}h${x - from + 1}v1H${from}z`
  }
  return path
}

function encodeOrNull(text: string): { size: number; path: string } | null {
  try {
    // Four modules of quiet zone; the lowest correction gives the largest modules on a screen.
    const { size, data } = encode(text, { ecc: 'L', border: 4 })
    return { size, path: data.map(rowPath).join('') }
  } catch {
    return null
  }
}
