import { expect, test } from 'vitest'
import { parseRelayAddress } from '../../../../src/engine/overlay/relay-address.ts'
import { askRelay } from '../../../../src/engine/overlay/relay-facts.ts'
import { ALICE, BOB } from '../../../support/stream-pair.ts'

const ORIGIN = 'https://relay.example:8443'
const never = new AbortController().signal

/** A relay that answers like this, whatever it is asked. */
const answering = (status: number, body: string) => async () => new Response(body, { status })

const ask = (fetch: (url: string) => Promise<Response>, address = ORIGIN) =>
  askRelay(fetch, parseRelayAddress(address)!, never)

test('a relay says who it is and where its STUN is, at its own host', async () => {
  const asked: string[] = []
  const told = await ask(async (url) => {
    asked.push(url)
    return new Response(
      JSON.stringify({ version: 9, peerId: ALICE, stun: { port: 3478 }, more: 1 }),
    )
  })

  expect(told).toEqual({ ok: true, value: { peerId: ALICE, stun: 'stun:relay.example:3478' } })
  expect(asked).toEqual([`${ORIGIN}/relay.json`])
})

test('one that does not answer is told from one that is no relay', async () => {
  const away = await ask(async () => Promise.reject(new TypeError('failed')))
  const other = await ask(answering(404, 'not here'))

  expect(away).toMatchObject({ error: { kind: 'overlay/relay-unreachable', address: ORIGIN } })
  expect(other).toMatchObject({ error: { kind: 'overlay/no-relay', address: ORIGIN } })
})

test.each([
  'not json',
  'null',
  '{}',
  JSON.stringify({ peerId: 'QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG', stun: null }),
  JSON.stringify({ peerId: ALICE, stun: { port: 0 } }),
  JSON.stringify({ peerId: ALICE, stun: 'stun:elsewhere.example:3478' }),
  `"${'x'.repeat(20_000)}"`,
])('"%s" is no relay', async (body) => {
  expect(await ask(answering(200, body))).toMatchObject({ error: { kind: 'overlay/no-relay' } })
})

test('a relay that is named by its peer id has to be that one', async () => {
  const address = `/dns4/relay.example/tcp/8443/tls/ws/p2p/${BOB}`
  const facts = (peerId: string) => answering(200, JSON.stringify({ peerId, stun: null }))

  expect(await ask(facts(ALICE), address)).toMatchObject({ error: { kind: 'overlay/no-relay' } })
  expect(await ask(facts(BOB), address)).toEqual({ ok: true, value: { peerId: BOB, stun: null } })
})
