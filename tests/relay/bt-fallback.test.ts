import './support/patience.ts'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { multiaddr } from '@multiformats/multiaddr'
import { expect, test } from 'vitest'
import { overlayStream } from '../../src/engine/adapters/libp2p-stream.ts'
import { makeFallbackAnswerer } from '../../src/engine/fallback/answer-fallback.ts'
import { askFallback } from '../../src/engine/fallback/ask-fallback.ts'
import { makeRequestJudge } from '../../src/engine/fallback/judge-request.ts'
import { isPeerId, type PeerId } from '../../src/engine/model/ids.ts'
import { FALLBACK_PROTOCOL } from '../../src/engine/model/overlay-ids.ts'
import type { PrivateJob } from '../../src/engine/model/private-job.ts'
import { err, ok } from '../../src/engine/model/result.ts'
import { anInfoHash } from '../support/a-torrent.ts'
import { overlayClient, type OverlayClient } from './support/overlay-client.ts'

const HERE = anInfoHash('a')
const JOB: PrivateJob = {
  id: 'album',
  contentId: 'mb:1',
  variants: [{ id: 'flac', source: { from: 'info-hash', infoHash: HERE } }],
}
const ASK = { jobId: 'album', variantId: 'flac', contentId: 'mb:1', reason: 'no other way' }
const NEVER = new AbortController().signal

const idOf = ({ peerId }: OverlayClient): PeerId => {
  const text = peerId.toString()
  if (!isPeerId(text)) throw new Error('not an Ed25519 key')
  return text
}

const aNode = async () =>
  overlayClient({
    listen: ['/ip4/127.0.0.1/tcp/0'],
    privateKey: await generateKeyPair('Ed25519'),
  })

interface Choice {
  readonly supported?: boolean
  readonly prepares?: boolean
  /** The asker is on the job's list. */
  readonly listed?: boolean
  readonly offers?: boolean
}

/** One node that answers and one that asks it, over TCP, Noise and Yamux of this machine. */
async function pair({ supported = true, prepares = true, listed = true, offers = true }: Choice) {
  const answering = await aNode()
  const asking = await aNode()
  const to = new Set(listed ? [idOf(asking)] : [])
  const answer = makeRequestJudge({
    isSupported: () => supported,
    jobs: () => (offers ? [{ job: JOB, to, infoHashes: new Map([['flac', HERE]]) }] : []),
    isMember: () => Promise.resolve(false),
    prepare: () =>
      Promise.resolve(prepares ? ok(HERE) : err({ kind: 'storage/unsupported' } as const)),
    inviteFor: (_infoHash, peer) => Promise.resolve(ok(`an invite for ${peer}`)),
    onFailure() {},
  })
  const take = makeFallbackAnswerer(answer)
  await answering.handle(FALLBACK_PROTOCOL, (stream, connection) =>
    take(overlayStream(stream, connection)),
  )
  const [address] = answering.getMultiaddrs()
  const connection = await asking.dial(multiaddr(address!.toString()))
  const open = async () => overlayStream(await connection.newStream(FALLBACK_PROTOCOL), connection)
  const ask = async (change: Partial<typeof ASK> = {}) =>
    askFallback(await open(), { ...ASK, ...change }, NEVER)
  return { asking, open, ask }
}

test('a peer on the list hears the info hash, and gets an invite of its own', async () => {
  const { asking, ask } = await pair({})

  expect(await ask()).toEqual({
    accepted: true,
    infoHash: HERE,
    invite: `an invite for ${idOf(asking)}`,
  })
})

test.each<[string, Choice, Partial<typeof ASK>]>([
  ['missing-job-id-or-variant-id', {}, { jobId: '' }],
  ['missing-job-id-or-variant-id', {}, { variantId: '' }],
  ['unknown-job-or-variant', {}, { jobId: 'another' }],
  ['unknown-job-or-variant', {}, { variantId: 'another' }],
  ['security-denied', { listed: false }, {}],
  ['security-denied', { listed: false }, { jobId: 'another' }],
  ['backend-disabled', { supported: false }, {}],
  ['backend-disabled', { offers: false }, {}],
  ['internal-error', { prepares: false }, {}],
])('%s: %j %j', async (reason, choice, change) => {
  const { ask } = await pair(choice)

  expect(await ask(change)).toEqual({ accepted: false, reason })
})

test('who asks again and again loses the stream without an answer, and another is answered', async () => {
  const { ask } = await pair({})

  const answers = []
  for (let nth = 0; nth < 7; nth++) answers.push(await ask())

  expect(answers.slice(0, 5).every((answer) => answer?.accepted === true)).toBe(true)
  expect(answers.slice(5)).toEqual([null, null])
})

test.each<[string, Uint8Array<ArrayBuffer>]>([
  ['no CBOR', Uint8Array.of(3, 0xff, 0xff, 0xff)],
  ['a frame of megabytes', Uint8Array.of(0xff, 0xff, 0x7f)],
  ['an answer', Uint8Array.of(1, 0xa0)],
])('%s is not answered', async (_name, bytes) => {
  const { open } = await pair({})
  const stream = await open()
  const heard: Uint8Array[] = []
  stream.onbytes = (said) => heard.push(said)

  await stream.send(bytes)
  await stream.closed

  expect(heard).toEqual([])
})
