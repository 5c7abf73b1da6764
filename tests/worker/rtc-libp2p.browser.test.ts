import { circuitRelayServer } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Libp2pPage } from '../pages/rtc-libp2p.ts'
import { browsersUnderTest, launchBrowser, type TestBrowser } from '../support/browsers.ts'
import { servePages, type PageServer } from '../support/test-pages.ts'

declare const node: Libp2pPage // put there by the page

let server: PageServer
let relay: Awaited<ReturnType<typeof startRelay>>
const browsers: TestBrowser[] = []

beforeAll(async () => {
  server = await servePages()
  relay = await startRelay()
})

afterAll(async () => {
  for (const browser of browsers) await browser.close()
  await relay.stop()
  await server.close()
})

function startRelay() {
  return createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0/ws'] },
    transports: [webSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: { identify: identify(), relay: circuitRelayServer() },
  })
}

test.each(browsersUnderTest)(
  'in %s libp2p dials from worker to worker over WebRTC',
  async (name) => {
    const browser = await launchBrowser(name)
    browsers.push(browser)
    const relayAddress = relay.getMultiaddrs()[0]!.toString()
    const url = `${server.origin}/rtc-libp2p.html`
    const [dialer, listener] = [await browser.newPage(url), await browser.newPage(url)]
    await dialer.evaluate((relay) => node.listen(relay), relayAddress)
    const address = await listener.evaluate((relay) => node.listen(relay), relayAddress)

    const outcome = await dialer.evaluate((to) => node.echo(to, 1024 * 1024), address)

    expect(outcome).toEqual({
      remoteAddress: address,
      limited: false,
      sameBytes: true,
    })
    await expect.poll(() => dialer.evaluate(() => node.live())).toBe(0)
  },
)
