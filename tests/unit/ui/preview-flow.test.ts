import { createRoot } from 'solid-js'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { EngineError } from '../../../src/engine/model/errors.ts'
import { err, ok, type Result } from '../../../src/engine/model/result.ts'
import type { TorrentPreview } from '../../../src/engine/model/torrent.ts'
import { createPreviewFlow, optionsFor } from '../../../src/ui/state/preview-flow.ts'
import type { ArgsOf, CallName } from '../../../src/workers/protocol/control.ts'
import type { EngineClient } from '../../../src/workers/protocol/engine-client.ts'
import { anInfoHash } from '../../support/a-torrent.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const PREVIEW: TorrentPreview = {
  infoHash: anInfoHash(),
  name: 'Album',
  protocol: 'bittorrent',
  files: [
    { path: 'Album/1.flac', length: 10 },
    { path: 'Album/2.flac', length: 20 },
  ],
  totalBytes: 30,
  pieceLength: 16_384,
  trackers: [],
  webSeeds: [],
  comment: null,
  selected: null,
  present: false,
  source: { from: 'info-hash', infoHash: anInfoHash() },
  options: { trackers: ['wss://t.example'], paths: ['Album/1.flac'] },
}

interface Asked {
  readonly name: CallName
  readonly args: ArgsOf<CallName>
  readonly signal: AbortSignal | undefined
}

/** A client whose previews are answered by the test, when it likes. */
function aFlow(addAnswer: Result<typeof PREVIEW.infoHash, EngineError> = ok(anInfoHash())) {
  const asked: Asked[] = []
  const { promise, resolve } = Promise.withResolvers<Result<TorrentPreview, EngineError>>()
  const client: EngineClient = {
    call(name, args, options) {
      asked.push({ name, args, signal: options?.signal })
      const answer = name === 'torrent.preview' ? promise : Promise.resolve(addAnswer)
      return answer
    },
    onNotice: () => () => undefined,
  }
  const onAdded = vi.fn()
  const flow = createRoot(() => createPreviewFlow({ client, onAdded }))
  return { flow, asked, answer: resolve, onAdded }
}

const settled = () => vi.advanceTimersByTimeAsync(0)

test('a bad link is told at the field, and no sheet opens', async () => {
  const { flow, answer } = aFlow()

  const understood = flow.openFromField('nonsense')
  answer(err({ kind: 'input/source', reason: 'unknown' }))

  expect(await understood).toBe(false)
  expect(flow.state()).toEqual({ name: 'closed' })
  expect(flow.fieldError()).toEqual({ kind: 'input/source', reason: 'unknown' })
})

test('a link that takes time opens the sheet before its answer', async () => {
  const { flow, answer } = aFlow()

  const understood = flow.openFromField('magnet:?xt=1')
  await vi.advanceTimersByTimeAsync(1000)
  expect(await understood).toBe(true)
  expect(flow.state().name).toBe('asking')
  answer(ok(PREVIEW))
  await settled()

  expect(flow.state()).toMatchObject({ name: 'answered', preview: PREVIEW })
})

test('what fails late is told in the sheet, not at the field', async () => {
  const { flow, answer } = aFlow()

  void flow.openFromField('magnet:?xt=1')
  await vi.advanceTimersByTimeAsync(1000)
  answer(err({ kind: 'swarm/metadata-timeout' }))
  await settled()

  expect(flow.state()).toMatchObject({ name: 'refused', error: { kind: 'swarm/metadata-timeout' } })
  expect(flow.fieldError()).toBeNull()
})

test('closing stops the search, and a late answer opens nothing', async () => {
  const { flow, answer, asked } = aFlow()
  flow.open('magnet:?xt=1')

  flow.close()
  answer(ok(PREVIEW))
  await settled()

  expect(asked[0]?.signal?.aborted).toBe(true)
  expect(flow.state()).toEqual({ name: 'closed' })
})

test('adding before the file list is known adds what was given', async () => {
  const { flow, asked, onAdded } = aFlow()
  flow.open('magnet:?xt=1&dn=Album')

  await flow.add(null)

  expect(asked[1]).toMatchObject({
    name: 'torrent.add',
    args: { source: 'magnet:?xt=1&dn=Album', options: {} },
  })
  expect(onAdded).toHaveBeenCalledWith(anInfoHash(), 'Album')
  expect(flow.state()).toEqual({ name: 'closed' })
})

test('what is in the list already is said in the sheet', async () => {
  const { flow, answer, onAdded } = aFlow(err({ kind: 'input/duplicate', infoHash: anInfoHash() }))
  flow.open('magnet:?xt=1')
  answer(ok(PREVIEW))
  await settled()

  await flow.add(new Set([0, 1]))

  expect(flow.state().name).toBe('answered')
  expect(flow.addError()).toMatchObject({ kind: 'input/duplicate' })
  expect(onAdded).not.toHaveBeenCalled()
})

test('all ticked is no choice of paths, whatever the link chose', () => {
  expect(optionsFor(PREVIEW, new Set([0, 1]))).toEqual({ trackers: ['wss://t.example'] })
})

test('some ticked are named by their paths', () => {
  expect(optionsFor(PREVIEW, new Set([1]))).toEqual({
    trackers: ['wss://t.example'],
    paths: ['Album/2.flac'],
  })
})
