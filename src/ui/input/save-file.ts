import { MINUTE, type Millis } from '../../engine/model/units.ts'

/** A browser may read the URL late, and there is no word when it is done; a file in OPFS costs nothing meanwhile. */
const REVOKE_AFTER: Millis = 10 * MINUTE

/** Hands a file to the browser's downloads under this name. */
export function saveFile(content: Blob, name: string): void {
  const url = URL.createObjectURL(content)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), REVOKE_AFTER)
}
