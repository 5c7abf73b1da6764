import { expect, onTestFinished, test } from 'vitest'
import { makeHttpRedemptions } from '../../src/engine/adapters/http-redemptions.ts'
import { redemptionsCases } from '../contract/redemptions.contract.ts'
import { browsersUnderTest, launchBrowser } from '../support/browsers.ts'
import { aClaim } from './support/a-claim.ts'
import { relayInTest } from './support/relay-in-test.ts'

const redemptions = makeHttpRedemptions((url, init) => fetch(url, init))
const { signal } = new AbortController()

test.each(redemptionsCases)('a relay by HTTP: $name', async ({ run }) => {
  const relay = await relayInTest({ overlay: false })
  await run({ redemptions, relay: relay.url })
})

test('a relay that is not there is told from one that refuses', async () => {
  const relay = await relayInTest({ overlay: false })
  const bad = { ...aClaim(), uses: 5000 }

  const refused = await redemptions.claim(relay.url, bad, signal)
  await relay.close()
  const gone = await redemptions.claim(relay.url, aClaim(), signal)

  const url = `${relay.url}/redemptions`
  expect(refused).toEqual({ ok: false, error: { kind: 'http/status', url, status: 400 } })
  expect(gone).toEqual({ ok: false, error: { kind: 'http/unreachable', url } })
})

test.for(browsersUnderTest)('%s asks a relay that did not serve its page', async (name) => {
  const [home, other] = [
    await relayInTest({ overlay: false }),
    await relayInTest({ overlay: false }),
  ]
  const browser = await launchBrowser(name)
  onTestFinished(() => browser.close())
  // Any answer of ours has the headers of the page.
  const page = await browser.newPage(`${home.url}/healthz`)
  const claim = aClaim()

  const answers = await page.evaluate(
    async (url, body) => {
      const asked = []
      // As the adapter asks, and as others may: with a type a browser inquires about first.
      for (const headers of [{}, { 'Content-Type': 'application/json' }]) {
        const response = await fetch(url, { method: 'POST', body, headers, credentials: 'omit' })
        asked.push((await response.json()) as unknown)
      }
      return asked
    },
    `${other.url}/redemptions`,
    JSON.stringify(claim),
  )

  expect(answers).toMatchObject([
    { granted: true, used: 1 },
    { granted: true, used: 1 },
  ])
})
