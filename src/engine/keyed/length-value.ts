const encoder = new TextEncoder()

/**
 * Every part with its length before it, so that no two lists of parts make the same bytes: what a
 * hash or a MAC is taken over. `lv_cat` of draft-irtf-cfrg-cpace: lengths as LEB128. Texts are UTF-8.
 */
export function lengthValue(...parts: readonly (Uint8Array | string)[]): Uint8Array<ArrayBuffer> {
  return joined(
    parts.flatMap((part) => {
      const bytes = typeof part === 'string' ? encoder.encode(part) : part
      return [leb128(bytes.length), bytes]
    }),
  )
}

/** The same bytes one after the other. */
export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

function leb128(value: number): Uint8Array {
  const bytes: number[] = []
  let left = value
  while (left >= 0x80) {
    bytes.push((left & 0x7f) | 0x80)
    left >>>= 7
  }
  return Uint8Array.from([...bytes, left])
}
