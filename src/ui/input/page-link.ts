/*
 * Our page link: the page's own address with `#magnet=` and the magnet URI, percent-encoded as a
 * whole. A fragment never reaches a server, so who runs the relay does not see what is shared.
 */

const PREFIX = '#magnet='

/** The link that opens this page with a preview of the torrent. */
export function makePageLink(page: { origin: string; pathname: string }, magnet: string): string {
  return `${page.origin}${page.pathname}${PREFIX}${encodeURIComponent(magnet)}`
}

/** The magnet URI in a fragment (`#…`), or null. What it says inside is for the engine to judge. */
export function magnetInFragment(fragment: string): string | null {
  if (!fragment.startsWith(PREFIX)) return null
  try {
    const magnet = decodeURIComponent(fragment.slice(PREFIX.length))
    return magnet.startsWith('magnet:') ? magnet : null
  } catch {
    return null // a stray % is not a link of ours
  }
}

/** An invite's fragment (`#i=…`) as it stands, or null. Whether it is a sound one is for the engine to judge. */
export function inviteInFragment(fragment: string): string | null {
  return fragment.startsWith('#i=') ? fragment : null
}

/** What a person gave us, with a page link (of any relay) replaced by the magnet URI inside it. */
export function withoutPageLink(text: string): string {
  const trimmed = text.trim()
  if (!/^https?:\/\//i.test(trimmed)) return trimmed
  const at = trimmed.indexOf('#')
  return at === -1 ? trimmed : (magnetInFragment(trimmed.slice(at)) ?? trimmed)
}

/** The name a magnet URI gives itself (`dn`, BEP 9); foreign text, for showing only. */
export function nameInMagnet(text: string): string | null {
  if (!text.startsWith('magnet:?')) return null
  const name = new URLSearchParams(text.slice('magnet:?'.length)).get('dn')?.trim()
  return name === undefined || name === '' ? null : name.slice(0, 200)
}
