import { request, type IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { SECURITY_HEADERS } from '../../relay/security-headers.ts'
import { trackerInTest } from './support/tracker-in-test.ts'

test('the security headers are exactly these', () => {
  expect(SECURITY_HEADERS).toMatchInlineSnapshot(`
    {
      "Content-Security-Policy": "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; font-src 'self'; manifest-src 'self'; connect-src 'self' ws: wss: http: https: blob:; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types default",
      "Cross-Origin-Embedder-Policy": "require-corp",
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Resource-Policy": "same-origin",
      "Permissions-Policy": "accelerometer=(), autoplay=(self), browsing-topics=(), camera=(self), clipboard-read=(self), clipboard-write=(self), display-capture=(), encrypted-media=(), fullscreen=(self), geolocation=(), gyroscope=(), hid=(), identity-credentials-get=(), idle-detection=(), local-fonts=(), magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(self), publickey-credentials-create=(), publickey-credentials-get=(), screen-wake-lock=(self), serial=(), storage-access=(), usb=(), window-management=(), xr-spatial-tracking=()",
      "Referrer-Policy": "no-referrer",
      "X-Content-Type-Options": "nosniff",
    }
  `)
})

test.for([
  ['GET', '/healthz', 200],
  ['HEAD', '/healthz', 200],
  ['GET', '/nowhere', 404],
  ['GET', '/announce', 426],
  ['POST', '/', 405],
  ['OPTIONS', '/', 405],
  ['DELETE', '/announce', 405],
] as const)('%s %s is answered with %i and all of them', async ([method, path, status]) => {
  const { port } = await trackerInTest()

  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method })

  expect(answer.status).toBe(status)
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
    expect(answer.headers.get(name)).toBe(value)
  }
})

test.for([
  ['/', 503],
  ['/nowhere', 404],
  ['/announce/', 404],
] as const)('an upgrade at %s is refused with %i and all of them', async ([path, status]) => {
  const { port } = await trackerInTest()

  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers = { Connection: 'Upgrade', Upgrade: 'websocket' }
    request({ port, host: '127.0.0.1', path, headers }, resolve).on('error', reject).end()
  })

  expect(answer.statusCode).toBe(status)
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
    expect(answer.headers[name.toLowerCase()]).toBe(value)
  }
})

test('health is one word', async () => {
  const { port } = await trackerInTest()

  expect(await (await fetch(`http://127.0.0.1:${port}/healthz`)).text()).toBe('ok')
})
