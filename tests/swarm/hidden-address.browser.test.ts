import { networkInterfaces } from 'node:os'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RtcConfig } from '../../src/engine/contracts/rtc.ts'
import { hiddenCandidate, withoutAddresses } from '../../src/engine/overlay/hidden-description.ts'
import { browsersUnderTest, launchBrowser, type BrowserName } from '../support/browsers.ts'
import { servePages, type PageServer } from '../support/test-pages.ts'
import { PRIVATE } from '../../src/engine/model/swarm-policy.ts'
import { rtcConfigFor } from '../../src/engine/swarm/swarm-gate.ts'
import { hasTurn, startTurnServer } from '../support/turn-server.ts'

let pages: PageServer

beforeAll(async () => {
  pages = await servePages()
})

afterAll(() => pages.close())

/** All that a browser finds for a connection: its description when it is done, and each candidate. */
async function gathered(name: BrowserName, config: RtcConfig) {
  const browser = await launchBrowser(name)
  try {
    const page = await browser.newPage(`${pages.origin}/blank.html`)
    return await page.evaluate(async (config) => {
      // The same words, readonly here and not there.
      const connection = new RTCPeerConnection(config as RTCConfiguration)
      const candidates: RTCIceCandidateInit[] = []
      connection.onicecandidate = ({ candidate }) => {
        if (candidate !== null && candidate.candidate !== '') candidates.push(candidate.toJSON())
      }
      connection.createDataChannel('chiral')
      await connection.setLocalDescription()
      await new Promise<void>((resolve) => {
        const look = () => connection.iceGatheringState === 'complete' && resolve()
        connection.addEventListener('icegatheringstatechange', look)
        look()
      })
      const sdp = connection.localDescription?.sdp ?? ''
      connection.close()
      return { sdp, candidates: candidates.map((one) => ({ candidate: '', ...one })) }
    }, config)
  } finally {
    await browser.close()
  }
}

/** Addresses of this machine, and the names browsers put in their place. */
function ownPlaces(text: string): readonly string[] {
  const own = Object.values(networkInterfaces())
    .flat()
    .flatMap((one) => (one === undefined || one.internal ? [] : [one.address.split('%')[0]!]))
  return [...own.filter((address) => text.includes(address)), ...(text.match(/\S+\.local/g) ?? [])]
}

test.each(browsersUnderTest)(
  'what %s finds on its own names this machine, and nothing of that is said',
  async (name) => {
    const { sdp, candidates } = await gathered(name, {})

    expect(ownPlaces(sdp).length + candidates.length).toBeGreaterThan(0)
    expect(ownPlaces(withoutAddresses(sdp))).toEqual([])
    expect(withoutAddresses(sdp)).not.toContain('candidate:')
    expect(candidates.map(hiddenCandidate).filter((one) => one !== null)).toEqual([])
  },
)

test.each(browsersUnderTest)(
  'in %s without a TURN server there is nothing to say',
  async (name) => {
    const { sdp, candidates } = await gathered(name, { iceTransportPolicy: 'relay' })

    expect(candidates).toEqual([])
    expect(ownPlaces(sdp)).toEqual([])
    // And so no direct path is tried at all.
    const choice = { chosen: [], ofRelays: [{ urls: ['stun:127.0.0.1:3478'] }], hideAddress: true }
    expect(rtcConfigFor(PRIVATE, choice)).toBeNull()
  },
)

test.skipIf(!hasTurn).each(browsersUnderTest)(
  'in %s a TURN server is all that is named, also where its candidates say what is behind it',
  async (name) => {
    const turn = await startTurnServer()
    try {
      const { urls, username, credential } = turn
      const chosen = [{ urls, username, credential }, { urls: ['stun:127.0.0.1:9'] }]
      const config = rtcConfigFor(PRIVATE, { chosen, ofRelays: [], hideAddress: true })
      const { sdp, candidates } = await gathered(name, config!)
      const said = candidates.map(hiddenCandidate).filter((one) => one !== null)
      const all = withoutAddresses(sdp) + said.map(({ candidate }) => candidate).join('\n')

      expect(said.length).toBeGreaterThan(0)
      expect(
        said.every(({ candidate }) => / typ relay raddr 0\.0\.0\.0 rport 0$/.test(candidate)),
      ).toBe(true)
      expect(ownPlaces(all)).toEqual([])
    } finally {
      await turn.close()
    }
  },
)
