/** Both ends included, inside the file. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/**
 * Reads a `Range` header (RFC 9110 §14.2) for a body of `length` bytes. `null` means answer with
 * the whole body, which is what the RFC asks for when the header is malformed or names several.
 */
export function byteRangeOf(
  header: string | undefined,
  length: number,
): ByteRange | 'unsatisfiable' | null {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '')
  if (match === null) return null
  const [, first = '', last = ''] = match

  if (first === '') {
    if (last === '') return null
    const suffix = Math.min(Number(last), length)
    return suffix === 0 ? 'unsatisfiable' : { start: length - suffix, end: length - 1 }
  }

  const start = Number(first)
  const end = last === '' ? length - 1 : Math.min(Number(last), length - 1)
  if (last !== '' && Number(last) < start) return null
  return start >= length ? 'unsatisfiable' : { start, end }
}
