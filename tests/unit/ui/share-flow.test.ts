import { createRoot } from 'solid-js'
import { expect, test, vi } from 'vitest'
import type { EngineError } from '../../../src/engine/model/errors.ts'
import { ok } from '../../../src/engine/model/result.ts'
import { DEFAULT_SETTINGS, type Settings } from '../../../src/engine/model/settings.ts'
import { PRIVATE, PUBLIC } from '../../../src/engine/model/swarm-policy.ts'
import { createShareFlow, type Sharing } from '../../../src/ui/state/share-flow.ts'
import type { SeedFlow } from '../../../src/ui/state/seed-flow.ts'

const SHARING: Sharing = { files: [{ path: 'a.txt', file: new File(['a'], 'a.txt') }], name: null }

function aFlow(settings: Partial<Settings> = {}, refusal: EngineError | null = null) {
  const seed = vi.fn<SeedFlow['seed']>(() => Promise.resolve(refusal))
  const answer = ok({ ...DEFAULT_SETTINGS, ...settings })
  const flow = createRoot(() =>
    createShareFlow({
      // The flow asks for settings, and for nothing else.
      client: { call: () => Promise.resolve(answer as never), onNotice: () => () => undefined },
      seeding: { seed, cancel: () => undefined },
    }),
  )
  return { flow, seed }
}

test('where new torrents are public, files are shared without a question', async () => {
  const { flow, seed } = aFlow()

  await flow.take(SHARING)

  expect(seed).toHaveBeenCalledExactlyOnceWith(SHARING.files, null)
  expect(flow.asking()).toBeNull()
})

test.each<[string, Partial<Settings>]>([
  ['new torrents are private', { defaultPolicy: PRIVATE }],
  ['only private torrents run', { privateOnly: true }],
])('where %s, nothing is shared before it was asked who may join', async (_, settings) => {
  const { flow, seed } = aFlow(settings)

  await flow.take(SHARING)
  expect(seed).not.toHaveBeenCalled()
  expect(flow.asking()).toEqual({ sharing: SHARING })
  await flow.share()

  expect(seed).toHaveBeenCalledExactlyOnceWith(SHARING.files, null, {
    policy: PRIVATE,
    door: 'members',
  })
})

test('what is shared privately is asked about, whatever the settings say', async () => {
  const { flow, seed } = aFlow()

  await flow.take(SHARING, true)

  expect(seed).not.toHaveBeenCalled()
  expect(flow.asking()).toEqual({ sharing: SHARING })
})

test('whoever chose who may join first need not say it again', async () => {
  const { flow, seed } = aFlow()
  flow.open()
  flow.choose('key')

  await flow.take(SHARING)

  expect(seed).toHaveBeenCalledExactlyOnceWith(SHARING.files, null, {
    policy: PRIVATE,
    door: 'key',
  })
})

test('without its passphrase nothing is shared', async () => {
  const { flow, seed } = aFlow()
  flow.open()
  flow.choose('passphrase')

  await flow.take(SHARING)
  await flow.share()
  expect(seed).not.toHaveBeenCalled()
  flow.writePassphrase('a kettle full of stars')
  await flow.share()

  const options = { policy: PRIVATE, door: 'passphrase', passphrase: 'a kettle full of stars' }
  expect(seed).toHaveBeenCalledExactlyOnceWith(SHARING.files, null, options)
})

test('a passphrase that is refused is asked for again, with the same files', async () => {
  const { flow } = aFlow({}, { kind: 'policy/passphrase', reason: 'weak' })
  await flow.take(SHARING, true)
  flow.choose('passphrase')
  flow.writePassphrase('short')

  await flow.share()

  expect(flow.asking()).toEqual({ sharing: SHARING })
  expect(flow.problem()).toEqual({ kind: 'policy/passphrase', reason: 'weak' })
})

test('anyone is said to the engine, too: the default may be another', async () => {
  const { flow, seed } = aFlow({ defaultPolicy: PRIVATE })
  await flow.take(SHARING)
  flow.choose('anyone')

  await flow.share()

  expect(seed).toHaveBeenCalledExactlyOnceWith(SHARING.files, null, { policy: PUBLIC })
})
