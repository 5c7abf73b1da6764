import { once } from 'node:events'
import { Agent, createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { REDEMPTION_LIMITS } from '../../relay/redemptions/redemption-limits.ts'
import { makeAddressPace } from '../../relay/redemptions/address-pace.ts'
import type { Claim } from '../../relay/redemptions/use-counters.ts'
import { makeAdmission } from '../../relay/admission.ts'
import { makeLog } from '../../relay/log.ts'
import { openRedemptions } from '../../relay/redemptions/redemptions.ts'
import { makeRedemptionsDoor } from '../../relay/redemptions/redemptions-door.ts'
import { aClaim, digestOf } from './support/a-claim.ts'
import { hasEnded, rawConnection } from './support/raw-upgrade.ts'
import { post, redeem, type Redeemed } from './support/redeem.ts'
import { relayInTest } from './support/relay-in-test.ts'
import { runningRelay, runRelay } from './support/relay-process.ts'

const FLAGS = ['--no-app', '--no-overlay', '--no-stun']

test('one of ten thousand that claim an invite for one at once gets it', async () => {
  const folder = await aFolder()
  const relay = await runningRelay(...FLAGS, '--data', folder)
  onTestFinished(() => void relay.child.kill('SIGKILL'))
  const invite = aClaim({ uses: 1 })
  const claims = Array.from({ length: 10_000 }, () => ({ ...invite, claim: aClaim().claim }))

  const answers = await together(relay.port, claims)

  expect(answers).toHaveLength(10_000)
  expect(answers.filter(({ granted }) => granted)).toHaveLength(1)
  expect(new Set(answers.map(({ used }) => used))).toEqual(new Set([1]))
})

test.for([1, 3])(
  'killed in the middle, a relay that comes back gives an invite for %i to no more',
  async (uses) => {
    const folder = await aFolder()
    const invite = aClaim({ uses })
    const granted = new Set<string>()
    for (const round of [1, 2, 3]) {
      const relay = await runningRelay(...FLAGS, '--data', folder)
      onTestFinished(() => void relay.child.kill('SIGKILL'))
      const claims = Array.from({ length: 200 }, () => ({ ...invite, claim: aClaim().claim }))
      const answers = claims.map(async (claim) => {
        const answer = await redeem(relay.port, claim).catch(() => null)
        if (answer?.granted === true) granted.add(claim.claim)
        // Killed as soon as anything was answered: the rest is anywhere between socket and disk.
        if (round < 3) relay.child.kill('SIGKILL')
      })
      await Promise.all(answers)
      relay.child.kill('SIGKILL')
      await relay.ended
    }
    const last = await runningRelay(...FLAGS, '--data', folder)
    onTestFinished(() => void last.child.kill('SIGKILL'))

    expect(granted.size).toBeLessThanOrEqual(uses)
    for (const claim of granted) {
      expect(await redeem(last.port, { ...invite, claim })).toMatchObject({ granted: true })
    }
    expect(await redeem(last.port, aClaim({ ...invite, claim: aClaim().claim }))).toMatchObject({
      granted: false,
      why: 'used',
      used: uses,
    })
  },
)

test('an answer says what was decided, how often it was used, and what time it is', async () => {
  const relay = await relayInTest({ overlay: false })
  const invite = aClaim({ uses: 2 })
  const before = Date.now()

  const { now, ...answer } = await redeem(relay.port, invite)

  expect(answer).toEqual({ status: 200, granted: true, why: null, used: 1, uses: 2 })
  expect(now).toBeGreaterThanOrEqual(before)
  expect(now).toBeLessThanOrEqual(Date.now())
  expect(await redeem(relay.port, { ...invite, uses: 5, claim: aClaim().claim })).toMatchObject({
    granted: false,
    why: 'contradiction',
    used: 1,
    uses: 2,
  })
})

test.for([
  ['no JSON', 'nothing'],
  ['no object', '[]'],
  ['null', 'null'],
  ['nothing', ''],
  ['an empty object', '{}'],
  ['a token in capitals', bodyOf({ token: 'A'.repeat(64) })],
  ['a short token', bodyOf({ token: 'a'.repeat(63) })],
  ['a token that is a number', bodyOf({ token: 5 })],
  ['a claim that is a list', bodyOf({ claim: [] })],
  ['no uses at all', bodyOf({ uses: 0 })],
  ['half a use', bodyOf({ uses: 0.5 })],
  ['uses as text', bodyOf({ uses: '1' })],
  ['too many uses', bodyOf({ uses: 1001 })],
  ['an end before all time', bodyOf({ expires: -1 })],
  ['an end beyond its life', bodyOf({ expires: Math.floor(Date.now() / 1000) + 63 * 86_400 })],
  ['an end that is no number', bodyOf({ expires: 1e300 })],
  ['fields of a prototype only', `{"__proto__":${bodyOf({})}}`],
  ['bytes that are no text', new Uint8Array([0xff, 0xfe, 0x00])],
] as const)('%s is answered with 400, and nothing is counted', async ([, body]) => {
  const relay = await relayInTest({ overlay: false })

  expect((await post(relay.port, body)).status).toBe(400)
  expect(await relay.figure('invites')).toBe(0)
})

test('a body that is too long is not read to its end, whether it says so or not', async () => {
  const relay = await relayInTest({ overlay: false })

  expect((await post(relay.port, ' '.repeat(1025))).status).toBe(413)

  const socket = await rawConnection(relay.port)
  const heard: Buffer[] = []
  socket.on('data', (chunk: Buffer) => heard.push(chunk))
  socket.write('POST /redemptions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n')
  const flood = setInterval(() => socket.write(`400\r\n${'x'.repeat(1024)}\r\n`), 1)
  onTestFinished(() => clearInterval(flood))
  await hasEnded(socket)
  expect(Buffer.concat(heard).toString()).toContain('413 Payload Too Large')
})

test('a body that never comes ends its own connection', async () => {
  const relay = await relayInTest({ overlay: false })
  const socket = await rawConnection(relay.port)
  const heard: Buffer[] = []
  socket.on('data', (chunk: Buffer) => heard.push(chunk))

  socket.write('POST /redemptions HTTP/1.1\r\nHost: x\r\nContent-Length: 200\r\n\r\n{"tok')
  await hasEnded(socket)

  expect(Buffer.concat(heard).toString()).toContain('408 Request Timeout')
  expect((await redeem(relay.port, aClaim())).granted).toBe(true)
})

test('a request that is broken off counts nothing and leaves nothing behind', async () => {
  const relay = await relayInTest({ overlay: false })
  const socket = await rawConnection(relay.port)

  socket.write('POST /redemptions HTTP/1.1\r\nHost: x\r\nContent-Length: 200\r\n\r\n{"tok')
  socket.resetAndDestroy()

  expect((await redeem(relay.port, aClaim())).granted).toBe(true)
  expect(await relay.figure('invites')).toBe(1)
})

test('a page of another origin may ask, without credentials', async () => {
  const relay = await relayInTest({ overlay: false })
  const url = `${relay.url}/redemptions`

  const asked = await fetch(url, { method: 'OPTIONS' })
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(aClaim()) })

  expect(asked.status).toBe(204)
  expect(asked.headers.get('access-control-allow-methods')).toBe('POST')
  expect(asked.headers.get('access-control-allow-headers')).toBe('Content-Type')
  for (const { headers } of [asked, answer]) {
    expect(headers.get('access-control-allow-origin')).toBe('*')
    expect(headers.get('access-control-allow-credentials')).toBeNull()
    expect(headers.get('cross-origin-resource-policy')).toBe('cross-origin')
  }
  expect(answer.headers.get('cache-control')).toBe('no-store')
})

test.for(['GET', 'HEAD', 'PUT', 'DELETE'])('%s is not answered there', async (method) => {
  const relay = await relayInTest({ overlay: false })

  const response = await fetch(`${relay.url}/redemptions`, { method })

  expect(response.status).toBe(405)
  expect(response.headers.get('allow')).toBe('POST, OPTIONS')
})

test('one address brings so many invites at once, and others are not in its way', async () => {
  const relay = await relayInTest({ overlay: false, trustProxy: true })
  const from = async (address: string, claim = aClaim()) => {
    const response = await fetch(`${relay.url}/redemptions`, {
      method: 'POST',
      body: JSON.stringify(claim),
      headers: { 'X-Forwarded-For': address },
    })
    return response.status
  }
  const known = aClaim({ uses: 9 })
  await from('203.0.113.1', known)

  const statuses: number[] = []
  for (let at = 0; at < REDEMPTION_LIMITS.newTokens + 5; at++)
    statuses.push(await from('203.0.113.1'))

  expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(0)
  expect(await from('203.0.113.1', { ...known, claim: aClaim().claim })).toBe(200)
  expect(await from('203.0.113.2')).toBe(200)
})

test('one address brings so many people at once, and whoever was let in may ask again', async () => {
  const folder = await aFolder()
  const redemptions = await openRedemptions({ folder, log: makeLog('silent') })
  onTestFinished(() => redemptions.close())
  const limits = { ...REDEMPTION_LIMITS, newUses: 3 }
  const door = makeRedemptionsDoor({
    redemptions,
    admission: makeAdmission(),
    log: makeLog('silent'),
    limits,
  })
  const server = createServer((request, response) =>
    door.answer(request, response, '203.0.113.1'),
  ).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  // A TCP server that listens has an address with a port.
  const { port } = server.address() as AddressInfo
  const invite = aClaim({ uses: 9 })

  const statuses: number[] = []
  for (let person = 0; person < 5; person++) {
    const { status } = await redeem(port, { ...invite, claim: digestOf(`person ${person}`) })
    statuses.push(status)
  }

  expect(statuses).toEqual([200, 200, 200, 429, 429])
  expect((await redeem(port, { ...invite, claim: digestOf('person 0') })).granted).toBe(true)
})

test('an address goes on at its pace, and is not remembered for ever', () => {
  let now = 0
  const pace = makeAddressPace({ burst: 3, interval: 100 }, () => now)
  const taken = () => [1, 2, 3, 4].map(() => pace.take('a'))

  expect(taken()).toEqual([true, true, true, false])
  now = 100
  expect(taken()).toEqual([true, false, false, false])
  now = 10_000
  expect(taken()).toEqual([true, true, true, false])
  expect(pace.take(null)).toBe(true)
})

test('neither a log nor the metrics name an invite or who claims it', async () => {
  const folder = await aFolder()
  const relay = await runningRelay(...FLAGS, '--data', folder, '--log-level', 'debug')
  onTestFinished(() => void relay.child.kill('SIGKILL'))
  const invite = aClaim()

  await redeem(relay.port, invite)
  await redeem(relay.port, { ...invite, claim: aClaim().claim })
  relay.child.kill('SIGTERM')

  expect(await relay.ended).toBe(0)
  expect(relay.output.stderr).toContain('redemption answered')
  expect(relay.output.stderr).not.toMatch(/[0-9a-f]{16}/)
  expect((await readFile(join(folder, 'redemptions.dat'))).length).toBe(16 + 80)
})

test('the metrics count', async () => {
  const relay = await relayInTest({ overlay: false })
  const invite = aClaim()
  await redeem(relay.port, invite)
  await redeem(relay.port, invite)
  await redeem(relay.port, { ...invite, claim: aClaim().claim })

  expect(await relay.figure('invites')).toBe(1)
  expect(await relay.figure('invite_uses')).toBe(1)
  expect(await relay.figure('invite_uses_granted_total')).toBe(1)
  expect(await relay.figure('invite_uses_refused_total')).toBe(1)
})

test('a folder that cannot be written is told in one sentence, with code 1', async () => {
  const relay = runRelay(...FLAGS, '--data', '/dev/null/x')

  expect(await relay.ended).toBe(1)
  expect(relay.output.stderr).toMatch(/^The uses of invites cannot be kept in .*--data\.\n$/)
})

/** Each on a connection of its own, a thousand of them open at any time. */
async function together(port: number, claims: readonly Claim[]): Promise<Redeemed[]> {
  const agent = new Agent({ maxSockets: 1000, keepAlive: true })
  onTestFinished(() => agent.destroy())
  return Promise.all(
    claims.map(
      (claim) =>
        new Promise<Redeemed>((resolve, reject) => {
          const options = { port, agent, path: '/redemptions', method: 'POST' }
          const request = httpRequest({ host: '127.0.0.1', ...options }, (response) => {
            const body: Buffer[] = []
            response.on('data', (chunk: Buffer) => body.push(chunk))
            response.on('error', reject).on('end', () => {
              // Our own answer; the test looks at its fields.
              const answer = JSON.parse(Buffer.concat(body).toString()) as object
              resolve({ status: response.statusCode ?? 0, ...answer })
            })
          })
          request.on('error', reject)
          request.end(JSON.stringify(claim))
        }),
    ),
  )
}

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'chiral-uses-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

function bodyOf(fields: object): string {
  return JSON.stringify({ ...aClaim(), ...fields })
}
