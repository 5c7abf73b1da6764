/**
 * Bytes that should be UTF-8. What is not is read as windows-1252, which gives every byte a
 * character of its own: two different names stay different, and western ones come out right.
 */
export function textOf(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    return windows1252.decode(bytes)
  }
}

/** At most `maxLength` UTF-16 units, cut between characters, without halves of any. */
export function cutText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text.toWellFormed()
  const cut = text.slice(0, maxLength)
  return (/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut).toWellFormed()
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const windows1252 = new TextDecoder('windows-1252')
