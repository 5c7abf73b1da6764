import { expect, test } from 'vitest'
import { makeRequestJudge } from '../../../../src/engine/fallback/judge-request.ts'
import type { InfoHash, PeerId } from '../../../../src/engine/model/ids.ts'
import { err, ok } from '../../../../src/engine/model/result.ts'
import type { OfferedJob } from '../../../../src/engine/private-jobs.ts'
import { anInfoHash } from '../../../support/a-torrent.ts'
import { ALICE, BOB } from '../../../support/stream-pair.ts'

const ASK = { jobId: 'album', variantId: 'flac', contentId: 'mb:1', reason: 'nobody else has it' }
const HERE = anInfoHash('a')

interface World {
  supported?: boolean
  to?: readonly PeerId[]
  jobs?: readonly OfferedJob[]
  members?: readonly PeerId[]
  prepares?: boolean
}

const offered = (id: string, to: readonly PeerId[], infoHash: InfoHash | null): OfferedJob => ({
  job: {
    id,
    contentId: 'mb:1',
    variants: [{ id: 'flac', source: { from: 'info-hash', infoHash: infoHash ?? HERE } }],
  },
  to: new Set(to),
  infoHashes: new Map(infoHash === null ? [] : [['flac', infoHash]]),
})

function judgeIn({ supported = true, to = [BOB], jobs, members = [], prepares = true }: World) {
  const prepared: string[] = []
  const failures: unknown[] = []
  const judge = makeRequestJudge({
    isSupported: () => supported,
    jobs: () => jobs ?? [offered('album', to, HERE)],
    isMember: async (_infoHash, peer) => members.includes(peer),
    async prepare({ id }, variantId) {
      prepared.push(`${id}/${variantId}`)
      return prepares ? ok(HERE) : err({ kind: 'storage/unsupported' })
    },
    inviteFor: async (_infoHash, peer) => ok(`for ${peer}`),
    onFailure: (error) => void failures.push(error),
  })
  return { judge, prepared, failures }
}

test('whoever is on the list is prepared for, and invited by name', async () => {
  const { judge, prepared } = judgeIn({})

  expect(await judge(ASK, BOB)).toEqual({ accepted: true, infoHash: HERE, invite: `for ${BOB}` })
  expect(prepared).toEqual(['album/flac'])
})

test('a member of the swarm needs no list and no invite', async () => {
  const { judge } = judgeIn({ to: [], members: [ALICE] })

  expect(await judge(ASK, ALICE)).toEqual({ accepted: true, infoHash: HERE, invite: null })
})

test('a stranger hears the same whether it guesses right or wrong, and nothing is prepared', async () => {
  const { judge, prepared } = judgeIn({})

  const answers = [
    await judge(ASK, ALICE),
    await judge({ ...ASK, jobId: 'guess' }, ALICE),
    await judge({ ...ASK, contentId: 'guess' }, ALICE),
  ]

  expect(answers).toEqual(Array(3).fill({ accepted: false, reason: 'security-denied' }))
  expect(prepared).toEqual([])
})

test('what was meant for somebody else is unknown to whoever may have something else', async () => {
  const { judge } = judgeIn({
    jobs: [offered('album', [ALICE], HERE), offered('other', [BOB], anInfoHash('b'))],
  })

  expect(await judge(ASK, BOB)).toEqual({ accepted: false, reason: 'unknown-job-or-variant' })
})

test.each([
  ['another job', { jobId: 'single' }],
  ['another variant', { variantId: 'mp3' }],
  ['another content', { contentId: 'mb:2' }],
])('%s is unknown', async (_name, change) => {
  const { judge, prepared } = judgeIn({})

  expect(await judge({ ...ASK, ...change }, BOB)).toEqual({
    accepted: false,
    reason: 'unknown-job-or-variant',
  })
  expect(prepared).toEqual([])
})

test.each([{ jobId: '' }, { variantId: '' }])('%j is missing', async (change) => {
  const { judge } = judgeIn({})

  expect(await judge({ ...ASK, ...change }, BOB)).toEqual({
    accepted: false,
    reason: 'missing-job-id-or-variant-id',
  })
})

test('where nothing is offered, or private swarms cannot run, the backend is disabled', async () => {
  const disabled = { accepted: false, reason: 'backend-disabled' }

  expect(await judgeIn({ jobs: [] }).judge(ASK, BOB)).toEqual(disabled)
  expect(await judgeIn({ supported: false }).judge(ASK, BOB)).toEqual(disabled)
})

test('what goes wrong inside is not told in detail, and not lost', async () => {
  const { judge, failures } = judgeIn({ prepares: false })

  expect(await judge(ASK, BOB)).toEqual({ accepted: false, reason: 'internal-error' })
  expect(failures).toEqual([{ kind: 'storage/unsupported' }])
})
