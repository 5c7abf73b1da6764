import { multiaddr } from '@multiformats/multiaddr'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fileURLToPath } from 'node:url'
import { startRelay, type Relay } from '../../relay/relay.ts'
import { buildApp } from '../../scripts/lib/build-app.mjs'
import {
  FALLBACK_PROTOCOL,
  SIGNAL_PROTOCOL,
  SWARM_PROTOCOL,
  WIRE_PROTOCOL,
} from '../../src/engine/model/overlay-ids.ts'
import { bytesOfHex, type InfoHash, type WirePeerId } from '../../src/engine/model/ids.ts'
import { frame } from '../../src/engine/overlay/frames.ts'
import { signalFrame } from '../../src/engine/overlay/signal-messages.ts'
import { encodeStrict } from '../../src/engine/strict-cbor.ts'
import { overlayClient, providerKey, type OverlayClient } from '../relay/support/overlay-client.ts'
import { launchBrowser, type TestBrowser } from '../support/browsers.ts'
import { identityOf, openOverlayApp, reservedAt } from '../support/overlay-person.ts'

let relay: Relay
let browser: TestBrowser

beforeAll(async () => {
  await buildApp()
  const appFolder = fileURLToPath(new URL('../../dist', import.meta.url))
  relay = await startRelay({
    host: '127.0.0.1',
    port: 0,
    appFolder,
    logLevel: 'warn',
    metricsPort: 0,
  })
  browser = await launchBrowser('chromium')
})

afterAll(async () => {
  await browser.close()
  await relay.close()
})

/** All that is answered on a stream of this protocol, once this was said; '' when it is not spoken. */
async function heard(
  hostile: OverlayClient,
  victim: string,
  protocol: string,
  said: Uint8Array,
): Promise<string> {
  try {
    const options = { runOnLimitedConnection: true, signal: AbortSignal.timeout(15_000) }
    const stream = await hostile.dialProtocol(multiaddr(victim), protocol, options)
    stream.send(said)
    const chunks: Uint8Array[] = []
    for await (const chunk of stream) chunks.push(chunk.subarray())
    return Buffer.concat(chunks).toString('latin1')
  } catch (thrown) {
    return `thrown ${String(thrown)}`
  }
}

test('a peer that keeps no rule and knows all but the way in is told nothing and seen nowhere', async () => {
  const owner = await openOverlayApp(browser, `${relay.url}/`, [relay.url])
  await reservedAt(owner, relay.peerId!)
  const policy = { name: 'private', sources: ['overlay', 'invite'] } as const
  const { infoHash } = await owner.seedBytes('hostile.bin', 100_000, { policy })
  await owner.page.evaluate((infoHash) => window.chiral.invite(infoHash), infoHash)
  const identity = await identityOf(owner)
  const victim = `${relay.addresses[0]!}/p2p-circuit/p2p/${identity}`
  const hostile = await overlayClient({ listen: [] })
  await hostile.dial(multiaddr(relay.addresses[0]))
  const about = {
    infoHash: infoHash as InfoHash, // of a torrent
    wirePeerId: 'ef'.repeat(20) as WirePeerId, // 40 hex digits
  }
  const garbage = new Uint8Array(200).fill(0xa5)

  const offer = signalFrame({ type: 'offer', ...about, sdp: 'v=0\r\n' })
  const answers = {
    offer: await heard(hostile, victim, SIGNAL_PROTOCOL, offer),
    wire: await heard(hostile, victim, WIRE_PROTOCOL, signalFrame({ type: 'wire', ...about })),
    hello: await heard(
      hostile,
      victim,
      SWARM_PROTOCOL,
      frame(encodeStrict({ type: 'hello', nonce: new Uint8Array(16), tag: new Uint8Array(32) })),
    ),
    prepare: await heard(hostile, victim, FALLBACK_PROTOCOL, offer),
    garbage: await heard(hostile, victim, SIGNAL_PROTOCOL, garbage),
    swarmGarbage: await heard(hostile, victim, SWARM_PROTOCOL, garbage),
    wireGarbage: await heard(hostile, victim, WIRE_PROTOCOL, garbage),
  }
  const providers: string[] = []
  const key = providerKey(bytesOfHex(infoHash))
  const patience = { signal: AbortSignal.timeout(10_000) }
  for await (const { id } of hostile.contentRouting.findProviders(key, patience)) {
    providers.push(id.toString())
  }

  expect(answers.offer).toContain('unknown-torrent')
  expect(answers.wire).toContain('unknown-torrent')
  expect(answers.hello).toContain('unknown')
  const all = Object.values(answers).join('\n')
  expect(all).not.toMatch(/v=0|a=fingerprint|candidate:|BitTorrent protocol/)
  expect(all).not.toContain(Buffer.from(bytesOfHex(infoHash as InfoHash)).toString('latin1'))
  expect(providers).toEqual([])
  const metrics = await (await fetch(`http://127.0.0.1:${relay.metricsPort}/metrics`)).text()
  expect(metrics).toMatch(/tracker_swarms 0\n/)
  expect(metrics).toMatch(/tracker_memberships 0\n/)
  expect(metrics).not.toContain(infoHash)
})
