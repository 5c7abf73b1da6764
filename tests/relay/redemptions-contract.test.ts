import { expect, test } from 'vitest'
import { makeHttpRedemptions } from '../../src/engine/adapters/http-redemptions.ts'
import { redemptionsCases } from '../contract/redemptions.contract.ts'
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
