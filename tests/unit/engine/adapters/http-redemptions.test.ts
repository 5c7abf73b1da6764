import { expect, test } from 'vitest'
import { makeHttpRedemptions } from '../../../../src/engine/adapters/http-redemptions.ts'

const { signal } = new AbortController()
const claim = { token: 'aa'.repeat(32), claim: 'bb'.repeat(32), uses: 1, expires: 1_900_000_000 }
const good = { granted: true, why: null, used: 1, uses: 1, now: 5 }

test('a claim goes to the relay the invite names, with no cookie, no referrer and no question before', async () => {
  const asked: [string, RequestInit][] = []
  const redemptions = makeHttpRedemptions(async (url, init) => {
    asked.push([url, init])
    return Response.json(good)
  })

  const answer = await redemptions.claim(
    'https://relay.test',
    { ...claim, ...{ name: 'Ana' } },
    signal,
  )

  expect(answer).toEqual({ ok: true, value: good })
  const [url, init] = asked[0]!
  expect(url).toBe('https://relay.test/redemptions')
  expect(init).toMatchObject({ method: 'POST', credentials: 'omit', referrerPolicy: 'no-referrer' })
  expect(init.headers).toEqual({})
  expect(await new Response(init.body).json()).toEqual(claim)
})

test.for<[string, unknown]>([
  ['an empty object', {}],
  ['null', null],
  ['granted with a reason', { ...good, why: 'used' }],
  ['refused without one', { ...good, granted: false }],
  ['an unknown reason', { ...good, granted: false, why: 'mood' }],
  ['a count below zero', { ...good, used: -1 }],
  ['a time that is none', { ...good, now: 'soon' }],
  ['granted as text', { ...good, granted: 'true' }],
])('%s is no answer of a relay', async ([, body]) => {
  const redemptions = makeHttpRedemptions(async () => Response.json(body))

  expect(await redemptions.claim('https://relay.test', claim, signal)).toEqual({
    ok: false,
    error: { kind: 'overlay/no-relay', address: 'https://relay.test' },
  })
})

test('a page that is no JSON is no relay, and one without end is not read', async () => {
  const page = makeHttpRedemptions(async () => new Response('<html>'))
  const endless = makeHttpRedemptions(async () => new Response(' '.repeat(5000)))

  expect(await page.claim('https://relay.test', claim, signal)).toMatchObject({
    error: { kind: 'overlay/no-relay' },
  })
  expect(await endless.claim('https://relay.test', claim, signal)).toMatchObject({
    error: { kind: 'http/too-large' },
  })
})

test.for([404, 429, 503])('status %i is told as it is', async (status) => {
  const redemptions = makeHttpRedemptions(async () => new Response('', { status }))

  expect(await redemptions.claim('https://relay.test', claim, signal)).toMatchObject({
    error: { kind: 'http/status', status },
  })
})

test('who gives up while the relay thinks hears why', async () => {
  const giveUp = new AbortController()
  const redemptions = makeHttpRedemptions(
    (_url, { signal }) =>
      new Promise((_resolve, reject) => {
        signal!.addEventListener('abort', () => reject(new Error('the vendor’s own words')))
      }),
  )

  const asked = redemptions.claim('https://relay.test', claim, giveUp.signal)
  const reason = new Error('not any more')
  giveUp.abort(reason)

  await expect(asked).rejects.toBe(reason)
})
