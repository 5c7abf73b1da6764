/**
 * What the page may do. No inline script or style, no plug-in, no form; DOM sinks take
 * Trusted Types only, through the one policy `default`. Frames show nothing: in a hidden one the
 * service worker is asked for a download (`frame-ancestors` keeps the page itself out of it).
 *
 * `connect-src` names whole schemes because people add trackers, web seeds, relays and addresses
 * of `.torrent` files of their own; `blob:` is how a page reads back what it just made.
 */
const CONTENT_SECURITY_POLICY: Readonly<Record<string, string>> = {
  'default-src': "'none'",
  'script-src': "'self' 'wasm-unsafe-eval'",
  'worker-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' blob: data:",
  'media-src': "'self' blob:",
  'font-src': "'self'",
  'manifest-src': "'self'",
  'connect-src': "'self' ws: wss: http: https: blob:",
  'frame-src': "'self'",
  'frame-ancestors': "'none'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'require-trusted-types-for': "'script'",
  'trusted-types': 'default',
}

/**
 * Off, but for what the app itself uses: the camera reads QR codes, the clipboard carries links,
 * media plays, the screen may stay on while something is received.
 */
const PERMISSIONS_POLICY: Readonly<Record<string, string>> = {
  accelerometer: '()',
  autoplay: '(self)',
  'browsing-topics': '()',
  camera: '(self)',
  'clipboard-read': '(self)',
  'clipboard-write': '(self)',
  'display-capture': '()',
  'encrypted-media': '()',
  fullscreen: '(self)',
  geolocation: '()',
  gyroscope: '()',
  hid: '()',
  'identity-credentials-get': '()',
  'idle-detection': '()',
  'local-fonts': '()',
  magnetometer: '()',
  microphone: '()',
  midi: '()',
  payment: '()',
  'picture-in-picture': '(self)',
  'publickey-credentials-create': '()',
  'publickey-credentials-get': '()',
  'screen-wake-lock': '(self)',
  serial: '()',
  'storage-access': '()',
  usb: '()',
  'window-management': '()',
  'xr-spatial-tracking': '()',
}

/**
 * Sent with every HTTP response of the relay, errors included. COOP and COEP together make the
 * page cross-origin isolated, which costs nothing here since it loads nothing from elsewhere.
 */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': joined(CONTENT_SECURITY_POLICY, ' ', '; '),
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': joined(PERMISSIONS_POLICY, '=', ', '),
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
}

function joined(parts: Readonly<Record<string, string>>, between: string, after: string): string {
  return Object.entries(parts)
    .map(([name, value]) => `${name}${between}${value}`)
    .join(after)
}
