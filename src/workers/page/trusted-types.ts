/** What a Trusted Types policy answers: the text, or null for a `TypeError` at the sink. */
export interface PageRules {
  readonly createHTML: (markup: string) => string | null
  readonly createScriptURL: (url: string) => string | null
  readonly createScript: (script: string) => null
}

/**
 * Installs the page's only policy, the one named `default`, before anything renders. Under
 * `require-trusted-types-for 'script'` every text on its way into markup or a script passes it.
 * Does nothing in a browser without Trusted Types.
 */
export function installTrustedTypes(page: URL, development: boolean): void {
  // TypeScript's DOM library does not have the W3C Trusted Types draft yet.
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypesFactory }
  if (trustedTypes === undefined || trustedTypes.defaultPolicy) return
  trustedTypes.createPolicy('default', makePageRules(page, development))
}

/** The rules alone. `page` is where the page is; `development` lets Vite's own paths in. */
export function makePageRules(page: URL, development: boolean): PageRules {
  const scripts = development ? [...BUILT_SCRIPTS, DEVELOPMENT_SCRIPT] : BUILT_SCRIPTS

  return {
    createHTML: (markup) => (isInertMarkup(markup) ? markup : null),

    createScriptURL(url) {
      if (!URL.canParse(url, page)) return null
      const { origin, pathname } = new URL(url, page)
      if (origin !== page.origin) return null
      return scripts.some((pattern) => pattern.test(pathname)) ? url : null
    },

    createScript: () => null,
  }
}

/**
 * True for markup that cannot do anything: the compiled templates of Solid, a picture in SVG.
 *
 * A list of what is allowed, read with a grammar so narrow that no parser can read it otherwise:
 * every `<` begins a tag or a comment in full, and no attribute's value contains `<` or `>`. So
 * what a browser takes for a tag, in whatever state its parser is, was looked at here. Solid
 * leaves out quotes, and the space after a quoted value.
 */
export function isInertMarkup(markup: string): boolean {
  let at = 0
  while (at < markup.length) {
    NEXT.lastIndex = at
    const found = NEXT.exec(markup)
    if (found === null) return false
    const { tag, attributes = '' } = found.groups ?? {}
    if (tag !== undefined && !ELEMENTS.has(tag.toLowerCase())) return false
    for (const attribute of attributes.matchAll(ATTRIBUTE)) {
      if (!isInertAttribute(attribute)) return false
    }
    at = NEXT.lastIndex
  }
  return true
}

function isInertAttribute({ groups = {} }: RegExpExecArray): boolean {
  const name = groups['name']?.toLowerCase() ?? ''
  const value = groups['double'] ?? groups['single'] ?? groups['bare'] ?? ''
  if (name.startsWith('on') || name === 'srcdoc') return false
  return !ADDRESSES.has(name) || INERT_ADDRESS.test(value)
}

const NAME = /[a-z][\w:.-]*/.source
const VALUE = /"[^"<>]*"|'[^'<>]*'|[^\s"'`=<>]+/.source
// An attribute begins after space, or right behind the quote that ended the one before.
const ATTRIBUTES = `(?:(?:\\s+|(?<=["']))${NAME}(?:=(?:${VALUE}))?)*`

/** Text, or one tag, or one comment, from here. Sticky: nothing is skipped. */
const NEXT = new RegExp(
  `[^<]+|<(?<tag>[a-z][a-z0-9]*)(?<attributes>${ATTRIBUTES})\\s*/?>|</[a-z][a-z0-9]*>|<!>|<!--[^<>-]*-->`,
  'iy',
)
const ATTRIBUTE = new RegExp(
  `(?<name>${NAME})(?:=(?:"(?<double>[^"]*)"|'(?<single>[^']*)'|(?<bare>[^\\s"'\`=<>]+)))?`,
  'gi',
)

/** Attributes whose value a browser may follow. */
const ADDRESSES: ReadonlySet<string> = new Set(
  'action background cite data formaction href manifest ping poster src srcset xlink:href'.split(
    ' ',
  ),
)
/** Of this page, or a plain one of the web; no entity that could spell another scheme. */
const INERT_ADDRESS = /^(?:[#/?]|\.{1,2}\/|https?:\/\/)[^&\s\\]*$/i

const ELEMENTS: ReadonlySet<string> = new Set(
  (
    'a abbr address article aside audio b bdi blockquote br button canvas caption cite code col ' +
    'colgroup data datalist dd del details dfn dialog div dl dt em fieldset figcaption figure ' +
    'footer form h1 h2 h3 h4 h5 h6 header hgroup hr i img input ins kbd label legend li main mark ' +
    'menu meter nav ol optgroup option output p picture pre progress q s samp search section ' +
    'select small source span strong sub summary sup table tbody td textarea tfoot th thead time ' +
    'tr track u ul var video wbr ' +
    'svg g path circle ellipse line polyline polygon rect text tspan title desc defs ' +
    'lineargradient radialgradient stop clippath mask pattern use symbol marker'
  ).split(' '),
)

/** Workers are beside the page's other scripts; the service worker is at the root, for its scope. */
const BUILT_SCRIPTS: readonly RegExp[] = [
  /^\/assets\/(?:[\w-][\w.-]*\/)*[\w-][\w.-]*\.js$/,
  /^\/[\w-]*service[.-]worker\.js$/,
]
const DEVELOPMENT_SCRIPT = /^\/src\/workers\/[\w-]+\.worker\.ts$/

interface TrustedTypesFactory {
  readonly defaultPolicy?: unknown
  createPolicy(name: string, rules: PageRules): unknown
}
