/** What somebody is called. */
export const MAX_MEMBER_NAME = 64

/**
 * True for a name that can stand in a line of a list: 1 to `maxLength` UTF-16 units, whole
 * characters, no blank at its ends, nothing that breaks the line, turns the direction of what
 * follows, or cannot be seen. A fixed list of characters: every replica of a log has to agree.
 */
export function isPlainName(text: string, maxLength: number): boolean {
  return (
    text.length >= 1 &&
    text.length <= maxLength &&
    text.isWellFormed() &&
    text === text.trim() &&
    !UNFIT.test(text)
  )
}

/** Any text as such a name; null when nothing is left of it. */
export function plainName(text: string, maxLength: number): string | null {
  const plain = text.toWellFormed().replace(new RegExp(UNFIT, 'gu'), ' ').trim()
  const cut = plain.slice(0, maxLength)
  const whole = cut.isWellFormed() ? cut : cut.slice(0, -1)
  const name = whole.trim()
  return name === '' ? null : name
}

/** Controls, marks and overrides of direction, separators of lines, invisible characters. */
const UNFIT =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/u
