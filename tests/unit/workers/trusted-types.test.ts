import { readdirSync } from 'node:fs'
import { createServer } from 'vite'
import solid from 'vite-plugin-solid'
import { expect, test } from 'vitest'
import { isInertMarkup, makePageRules } from '../../../src/workers/page/trusted-types.ts'

const ACTIVE = [
  '<script>alert(1)</script>',
  '<SCRIPT SRC=//evil.example/x.js></SCRIPT>',
  '<script/src=data:,alert(1)>',
  '<scr\0ipt>alert(1)</scr\0ipt>',
  '<svg><script>alert(1)</script></svg>',
  '<iframe src=https://evil.example></iframe>',
  '<iframe srcdoc="&lt;script&gt;alert(1)&lt;/script&gt;"></iframe>',
  '<div srcdoc=x>',
  '<object data=data:text/html,x></object>',
  '<embed src=//evil.example>',
  '<link rel=stylesheet href=//evil.example>',
  '<meta http-equiv=refresh content="0;url=//evil.example">',
  '<base href=//evil.example/>',
  '<style>@import "//evil.example"</style>',
  '<template><script>alert(1)</script></template>',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
  '<textarea><p title="</textarea><img src=x onerror=alert(1)>">',
  '<title><p title="</title><img src=x onerror=alert(1)>">',
  '<math><mtext></mtext></math>',
  '<svg><foreignObject><p>x</p></foreignObject></svg>',
  '<svg><animate attributeName=href values=javascript:alert(1) /></svg>',
  '<svg><set attributeName=onmouseover to=alert(1) /></svg>',
  '<img src=x onerror=alert(1)>',
  '<img src=x ONERROR=alert(1)>',
  '<img src=x/onerror=alert(1)>',
  '<img src="/x"onerror=alert(1)>',
  '<img src=x\nonerror=alert(1)>',
  '<img src=x\fonerror=alert(1)>',
  '<details open ontoggle=alert(1)>',
  '<div/onclick=alert(1)>',
  '<div onclick>',
  '<a href=javascript:alert(1)>',
  '<a href="JaVaScRiPt:alert(1)">',
  '<a href=" javascript:alert(1)">',
  '<a href="\tjava\nscript:alert(1)">',
  '<a href="java&#115;cript:alert(1)">',
  '<a href="/x&#10;y">',
  '<a href=data:text/html,x>',
  '<a href=vbscript:x>',
  '<a href=blob:https://evil.example/1>',
  '<svg><use xlink:href="data:image/svg+xml,x#x"/></svg>',
  '<form action=javascript:alert(1)>',
  '<button formaction=javascript:alert(1)>',
  '<video poster=javascript:alert(1)>',
  '<x-element>',
  '<p title="<img src=x onerror=alert(1)>">',
  '<p title=`<img`>',
  '<!--><img src=x onerror=alert(1)>-->',
  '<!-- --!><img src=x onerror=alert(1)> -->',
  '<![CDATA[<img src=x onerror=alert(1)>]]>',
  '<!doctype html>',
  '<?xml version="1.0"?>',
  '<',
  'a < b',
  '<div',
  '<div title="x',
  '<div title=\'x">',
  '</div x=y>',
  '<p><plaintext>',
  '<frameset><frame src=//evil.example></frameset>',
  '<portal src=//evil.example>',
  '<applet code=x>',
]

const INERT = [
  '',
  'plain text, & an ampersand > here',
  '<div>',
  '<div class="row wide"id=list hidden><span>',
  '<li><span></span><button type=button>Pause</button>',
  '<input type=checkbox disabled aria-label="Choose all">',
  '<!><p> <!></p><!---->',
  '<a href=/about target=_blank>About</a>',
  '<a href="https://webtorrent.io/faq">',
  '<a href=#main>',
  '<textarea placeholder="Magnet link, info hash, address"rows=3>',
  '<svg viewBox="0 0 24 24"fill=none stroke=currentColor><path d="M0 0h24v24H0z"></path></svg>',
  "<svg xmlns='http://www.w3.org/2000/svg'><rect x=1 y=2 /></svg>",
  '<progress max=100>',
]

test.each(ACTIVE)('refuses markup that could act: %j', (markup) => {
  expect(isInertMarkup(markup)).toBe(false)
})

test.each(INERT)('lets inert markup through: %j', (markup) => {
  expect(isInertMarkup(markup)).toBe(true)
})

// It compiles the whole page, which takes a busy machine more than the usual five seconds.
test('every compiled template of the app is let through', { timeout: 60_000 }, async () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.tsx'))
    .map((path) => `src/${path}`)

  const templates = await templatesOf(files)

  expect(templates.filter((template) => !isInertMarkup(template))).toEqual([])
})

test('long hostile text is refused without delay', () => {
  const attributes = ' a=b'.repeat(100_000)

  expect(isInertMarkup(`<div${attributes}${'"'.repeat(1000)}`)).toBe(false)
})

test('scripts are those of the build, from this origin, and no others', () => {
  const { createScriptURL } = makePageRules(new URL('https://app.example/?x#magnet=1'), false)
  const asked = [
    '/assets/engine.worker-B1x_2.js',
    'https://app.example/assets/engine.worker-B1x_2.js',
    '/service.worker.js',
    'https://evil.example/assets/engine.worker.js',
    '//evil.example/assets/engine.worker.js',
    'data:text/javascript,alert(1)',
    'blob:https://app.example/4d2f',
    'javascript:alert(1)',
    '/assets/../upload.js',
    '/assets/engine.worker.js/../../upload.js',
    '/assets/%2e%2e/upload.js',
    '/announce.js',
    '/src/workers/engine.worker.ts',
    'http://app.example/assets/engine.worker.js',
    'https://app.example:8443/assets/engine.worker.js',
    'https://',
  ]

  expect(asked.filter((url) => createScriptURL(url) !== null)).toEqual(asked.slice(0, 3))
})

test("in development the worker's source is a script, too", () => {
  const { createScriptURL } = makePageRules(new URL('http://localhost:5173/'), true)
  const url = 'http://localhost:5173/src/workers/engine.worker.ts?worker_file&type=module'

  expect(createScriptURL(url)).toBe(url)
  expect(createScriptURL('http://localhost:5173/src/main.tsx')).toBe(null)
})

test('text is never made into a script', () => {
  expect(makePageRules(new URL('https://app.example'), true).createScript('1')).toBe(null)
})

/** The markup that the build makes of the JSX in these files. */
async function templatesOf(files: readonly string[]): Promise<string[]> {
  const vite = await createServer({
    configFile: false,
    plugins: [solid()],
    optimizeDeps: { noDiscovery: true },
    server: { middlewareMode: true, ws: false, watch: null },
    logLevel: 'silent',
  })
  try {
    const compiled = await Promise.all(files.map((file) => vite.transformRequest(`/${file}`)))
    return compiled
      .flatMap((result) => [...(result?.code ?? '').matchAll(TEMPLATE)])
      .map(([, markup = '']) => markup)
  } finally {
    await vite.close()
  }
}

const TEMPLATE = /_\$template\(\s*(?:\/\*.*?\*\/)?\s*`((?:[^`\\]|\\.)*)`/g
