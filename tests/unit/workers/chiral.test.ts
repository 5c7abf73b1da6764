import { expect, test } from 'vitest'
import { emptyEngineState, type EngineState } from '../../../src/engine/model/engine-state.ts'
import type { EngineError } from '../../../src/engine/model/errors.ts'
import type { PeerId } from '../../../src/engine/model/ids.ts'
import { err, ok, type Result } from '../../../src/engine/model/result.ts'
import { PUBLIC } from '../../../src/engine/model/swarm-policy.ts'
import type { FileEntry, TorrentSnapshot } from '../../../src/engine/model/torrent.ts'
import type { CallName } from '../../../src/workers/protocol/control.ts'
import type { EngineClient } from '../../../src/workers/protocol/engine-client.ts'
import { makeChiral } from '../../../src/workers/page/chiral.ts'
import { makeLastingClient } from '../../../src/workers/page/lasting-client.ts'
import { anInfoHash, aTorrent } from '../../support/a-torrent.ts'

const infoHash = anInfoHash()
const file = (index: number, path: string): FileEntry => ({
  index,
  path,
  length: 1,
  haveBytes: 1,
  wanted: true,
  priority: 'normal',
})

const stateWith = (...torrents: TorrentSnapshot[]): EngineState => ({
  ...emptyEngineState(),
  engine: { name: 'running' },
  torrents: Object.fromEntries(torrents.map((torrent) => [torrent.infoHash, torrent])),
})

/** `window.chiral` over the page's own client, and an engine that answers as the test says. */
function chiralOver(answers: Partial<Record<CallName, Result<unknown, EngineError>>> = {}) {
  const asked: { readonly name: CallName; readonly args: unknown }[] = []
  const line = makeLastingClient()
  const chiral = makeChiral(line)
  const engine: EngineClient = {
    async call(name, args) {
      if (name !== 'state.sync' && name !== 'torrent.snapshot') asked.push({ name, args })
      // The test says what each call answers, in the type that the table gives it.
      return (answers[name] ?? ok(null)) as never
    },
    onNotice: () => () => {},
  }
  const run = (state: EngineState = stateWith()) => {
    line.attach(engine)
    line.pass({ type: 'state-replaced', state })
  }
  return { chiral, line, asked, run }
}

test('is ready when the engine runs', async () => {
  const { chiral, run } = chiralOver()

  run()

  await expect(chiral.ready).resolves.toBeUndefined()
})

test('will never be ready where the engine cannot run, and says why', async () => {
  const { chiral, line } = chiralOver()
  const error = { kind: 'engine/insecure-context' } as const

  line.detach({ name: 'failed', error })

  await expect(chiral.ready).rejects.toMatchObject({ cause: error })
})

test('a call made before the engine runs is answered when it does', async () => {
  const { chiral, run } = chiralOver({ 'torrent.add': ok(infoHash) })

  const added = chiral.add('magnet:?xt=urn:btih:…')
  run(stateWith(aTorrent()))

  expect(await added).toBe(infoHash)
})

test('what was added is in the list when the promise resolves', async () => {
  const { chiral, run } = chiralOver({
    'torrent.add': ok(infoHash),
    'torrent.snapshot': ok(aTorrent({ name: 'Sintel' })),
  })
  run()

  const added = await chiral.add('magnet:?xt=urn:btih:…')

  expect(chiral.get(added)?.name).toBe('Sintel')
  expect(chiral.list()).toHaveLength(1)
})

test('what was removed is not in the list any more when the promise resolves', async () => {
  const { chiral, run } = chiralOver({ 'torrent.snapshot': ok(null) })
  run(stateWith(aTorrent()))

  await chiral.remove(infoHash)

  expect(chiral.list()).toEqual([])
})

test('adding what is there already answers the same', async () => {
  const { chiral, run } = chiralOver({ 'torrent.add': err({ kind: 'input/duplicate', infoHash }) })
  run(stateWith(aTorrent()))

  expect(await chiral.add('magnet:?xt=urn:btih:…')).toBe(infoHash)
})

test('adds a .torrent from a file, and only the bytes of a view', async () => {
  const { chiral, run, asked } = chiralOver({ 'torrent.add': ok(infoHash) })
  run(stateWith(aTorrent()))
  const view = new Uint8Array(1000).subarray(10, 12)

  await chiral.add(new File(['d4:'], 'x.torrent'))
  await chiral.add(view, { paused: true })

  expect(asked).toEqual([
    {
      name: 'torrent.add',
      args: { source: { from: 'metainfo', bytes: new Uint8Array([100, 52, 58]) }, options: {} },
    },
    {
      name: 'torrent.add',
      args: { source: { from: 'metainfo', bytes: new Uint8Array(2) }, options: { paused: true } },
    },
  ])
  const { source } = asked[1]?.args as { source: { bytes: Uint8Array } }
  expect(source.bytes.buffer.byteLength).toBe(2)
})

test('a file that is far too large to be a .torrent is not read', async () => {
  const { chiral, run, asked } = chiralOver()
  run()
  const film = Object.assign(new File([], 'film.mkv'), {})
  Object.defineProperty(film, 'size', { value: 8e9 })

  const added = chiral.add(film)

  await expect(added).rejects.toMatchObject({
    cause: { kind: 'input/metainfo', reason: 'too-large' },
  })
  expect(asked).toEqual([])
})

test('seeds files where they stood in their folder', async () => {
  const seeded = { infoHash, magnet: 'magnet:?', torrentFile: new Uint8Array(1) }
  const { chiral, run, asked } = chiralOver({ 'torrent.seed': ok(seeded) })
  run(stateWith(aTorrent()))
  const inFolder = Object.assign(new File(['a'], 'a.txt'), { webkitRelativePath: 'trip/a.txt' })

  const answer = await chiral.seed([inFolder, new File(['b'], 'b.txt')], { name: 'trip' })

  expect(answer).toEqual(seeded)
  const { files, options } = asked[0]?.args as { files: { path: string }[]; options: unknown }
  expect(files.map(({ path }) => path)).toEqual(['trip/a.txt', 'b.txt'])
  expect(options).toEqual({ name: 'trip' })
})

test('reads a file by its path', async () => {
  const { chiral, run, asked } = chiralOver({
    'torrent.files': ok([file(0, 'trip/a.txt'), file(1, 'trip/b.txt')]),
    'torrent.export': ok(new File(['b'], 'b.txt')),
  })
  run()

  const found = await chiral.read(infoHash.toUpperCase(), 'trip/b.txt')

  expect(await found.text()).toBe('b')
  expect(asked.at(-1)).toEqual({ name: 'torrent.export', args: { infoHash, file: 1 } })
})

test('a path that is not in the torrent is an unknown file, for reading and for choosing', async () => {
  const { chiral, run } = chiralOver({ 'torrent.files': ok([file(0, 'a.txt')]) })
  run()
  const unknown = { cause: { kind: 'input/unknown-file' } }

  await expect(chiral.read(infoHash, 'b.txt')).rejects.toMatchObject(unknown)
  await expect(chiral.select(infoHash, ['a.txt', 'b.txt'])).rejects.toMatchObject(unknown)
})

test('chooses files by their paths', async () => {
  const { chiral, run, asked } = chiralOver({
    'torrent.files': ok([file(0, 'a.txt'), file(1, 'b.txt'), file(2, 'c.txt')]),
  })
  run()

  await chiral.select(infoHash, ['c.txt', 'a.txt'])

  expect(asked.at(-1)).toEqual({ name: 'torrent.want', args: { infoHash, files: [2, 0] } })
})

test('a failure is an Error with a message and the EngineError as its cause', async () => {
  const error = { kind: 'storage/full', needed: 10, available: 5 } as const
  const { chiral, run } = chiralOver({ 'torrent.resume': err(error) })
  run()

  const resumed = chiral.resume(infoHash)

  await expect(resumed).rejects.toThrow('storage/full (needed: 10, available: 5)')
  await expect(resumed).rejects.toMatchObject({ cause: error })
})

test('a text that is no info hash is an unknown torrent, and nobody is asked', async () => {
  const { chiral, run, asked } = chiralOver()
  run()

  await expect(chiral.pause('zz')).rejects.toMatchObject({
    cause: { kind: 'input/unknown-torrent' },
  })
  expect(chiral.get('zz')).toBeUndefined()
  expect(asked).toEqual([])
})

test('tells what happens, to those who listen for it', () => {
  const { chiral, line, run } = chiralOver()
  const heard: unknown[] = []
  chiral.on('torrent', ({ havePieces }) => heard.push(['torrent', havePieces]))
  chiral.on('removed', (detail) => heard.push(['removed', detail]))
  chiral.on('trouble', ({ error }) => heard.push(['trouble', error.kind]))
  chiral.on('engine', ({ name }) => heard.push(['engine', name]))

  run(stateWith(aTorrent({ havePieces: 1 })))
  line.pass({
    type: 'state-changed',
    revision: 1,
    changes: [{ type: 'torrent', torrent: aTorrent({ havePieces: 2 }) }],
  })
  line.pass({ type: 'trouble', infoHash, error: { kind: 'swarm/metadata-timeout' } })
  line.pass({
    type: 'state-changed',
    revision: 2,
    changes: [{ type: 'torrent-removed', infoHash }],
  })
  line.detach({ name: 'failed', error: { kind: 'engine/lost' } })

  expect(heard).toEqual([
    ['torrent', 1],
    ['engine', 'running'],
    ['torrent', 2],
    ['trouble', 'swarm/metadata-timeout'],
    ['removed', { infoHash }],
    ['engine', 'failed'],
  ])
})

test('a torrent that a new engine no longer has is told as removed', () => {
  const { chiral, line, run } = chiralOver()
  const removed: unknown[] = []
  chiral.on('removed', (detail) => removed.push(detail))
  run(stateWith(aTorrent()))

  line.pass({ type: 'state-replaced', state: stateWith() })

  expect(removed).toEqual([{ infoHash }])
  expect(chiral.list()).toEqual([])
})

test('a listener that was taken back hears no more', () => {
  const { chiral, run } = chiralOver()
  const heard: unknown[] = []

  chiral.on('torrent', (detail) => heard.push(detail))()
  run(stateWith(aTorrent()))

  expect(heard).toEqual([])
})

test('listening for what there is not is a mistake that is said at once', () => {
  const { chiral } = chiralOver()

  // What a script may write that no compiler has read.
  expect(() => chiral.on('torrents' as 'torrent', () => {})).toThrow('no event "torrents"')
})

test('what a script does to a snapshot changes nothing here', () => {
  const { chiral, run } = chiralOver()
  run(stateWith(aTorrent({ name: 'Sintel' })))

  Object.assign(chiral.get(infoHash) ?? {}, { name: 'changed' })

  expect(chiral.get(infoHash)?.name).toBe('Sintel')
})

test('a gap in the revisions is closed by asking for the whole state', async () => {
  const { chiral, line, run } = chiralOver({
    'state.sync': ok({ ...stateWith(aTorrent({ name: 'asked' })), revision: 9 }),
  })
  run()
  const asked = new Promise<TorrentSnapshot>((resolve) => chiral.on('torrent', resolve))

  line.pass({ type: 'state-changed', revision: 9, changes: [] })

  expect(await asked).toMatchObject({ name: 'asked' })
})

test('the identity is what the engine says it is', async () => {
  const peerId = '12D3KooWGRUVhMFMuMPfsMZqmrVSvnUVfRTzWRxQTQnEqZ7oU8nG' as PeerId // as a parsed one
  const addresses = [`/dns4/relay.example/tcp/443/tls/ws/p2p-circuit/p2p/${peerId}`]
  const { chiral, run } = chiralOver({
    'identity.get': ok({
      peerId,
      words: ['one', 'two', 'three'],
      name: null,
      createdAt: 1,
      addresses,
    }),
  })
  run()

  expect(await chiral.identity).toEqual({ peerId, addresses })
})

test('what is not built yet says so', async () => {
  const { chiral, run } = chiralOver()
  run()

  await expect(chiral.ledger()).rejects.toMatchObject({ cause: { kind: 'engine/unsupported' } })
})

test('an address to play from is refused by a throw, because it is asked for without a promise', () => {
  const { chiral } = chiralOver()

  expect(() => chiral.mediaUrl(infoHash, 'a.mp4')).toThrow('engine/unsupported')
})

test('a public policy is set', async () => {
  const { chiral, run, asked } = chiralOver()
  run()

  await chiral.setPolicy(infoHash, PUBLIC)

  expect(asked).toEqual([{ name: 'torrent.set-policy', args: { infoHash, policy: PUBLIC } }])
})

test('looking at the whole object reports nothing as unhandled', async () => {
  const { chiral } = chiralOver()
  const unhandled: unknown[] = []
  const note = (reason: unknown) => unhandled.push(reason)
  process.on('unhandledRejection', note)

  Object.values(chiral)
  // Node reports a rejection after the microtasks of the task that made it.
  await new Promise((resolve) => setImmediate(resolve))

  process.off('unhandledRejection', note)
  expect(unhandled).toEqual([])
})
