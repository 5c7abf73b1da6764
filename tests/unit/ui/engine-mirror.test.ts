import { afterEach, describe, expect, test } from 'vitest'
import { emptyEngineState, type EngineState } from '../../../src/engine/model/engine-state.ts'
import type { EngineError } from '../../../src/engine/model/errors.ts'
import { err, ok, type Result } from '../../../src/engine/model/result.ts'
import { makeEngineMirror, type EngineMirror } from '../../../src/ui/state/engine-mirror.ts'
import type { Notice } from '../../../src/workers/protocol/control.ts'
import type { EngineClient } from '../../../src/workers/protocol/engine-client.ts'
import { aTorrent, anInfoHash } from '../../support/a-torrent.ts'

let mirror: EngineMirror | undefined
afterEach(() => mirror?.stop())

/** A client whose engine state is what the test says it is. */
function aClient(first: Result<EngineState, EngineError>) {
  const listeners = new Set<(notice: Notice) => void>()
  let truth = first
  let syncs = 0
  const client: EngineClient = {
    call(name) {
      if (name !== 'state.sync') throw new Error(`unexpected call ${name}`)
      syncs += 1
      return Promise.resolve(structuredClone(truth))
    },
    onNotice(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  return {
    client,
    notify: (notice: Notice) => listeners.forEach((listener) => listener(notice)),
    listening: () => listeners.size,
    syncs: () => syncs,
    become: (state: EngineState) => (truth = ok(state)),
  }
}

const running = (changes: Partial<EngineState> = {}): EngineState => ({
  ...emptyEngineState(),
  revision: 7,
  engine: { name: 'running' },
  ...changes,
})

/** Lets answers that are there already arrive. */
const settled = async () => {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve()
}

const a = anInfoHash('a')

describe('the mirror', () => {
  test('shows the state as it was when the page opened', async () => {
    const { client } = aClient(ok(running({ torrents: { [a]: aTorrent() } })))

    mirror = makeEngineMirror(client)
    await settled()

    expect(mirror.state.engine.name).toBe('running')
    expect(mirror.state.torrents[a]?.name).toBe('Sintel')
  })

  test('applies changes that follow', async () => {
    const { client, notify, syncs } = aClient(ok(running()))
    mirror = makeEngineMirror(client)
    await settled()

    notify({
      type: 'state-changed',
      revision: 8,
      changes: [
        { type: 'torrent', torrent: aTorrent({ haveBytes: 500 }) },
        {
          type: 'creation',
          creation: { id: 'c', name: 'x', step: 'hashing', doneBytes: 1, totalBytes: 2 },
        },
      ],
    })

    expect(mirror.state.torrents[a]?.haveBytes).toBe(500)
    expect(mirror.state.creating['c']?.step).toBe('hashing')
    expect(mirror.state.revision).toBe(8)
    expect(syncs()).toBe(1)
  })

  test('forgets what was removed and what has ended', async () => {
    const { client, notify } = aClient(ok(running({ torrents: { [a]: aTorrent() } })))
    mirror = makeEngineMirror(client)
    await settled()

    notify({
      type: 'state-changed',
      revision: 8,
      changes: [
        { type: 'torrent-removed', infoHash: a },
        { type: 'creation-ended', id: 'c' },
      ],
    })

    expect(Object.keys(mirror.state.torrents)).toEqual([])
    expect(Object.keys(mirror.state.creating)).toEqual([])
  })

  test('a newer phase leaves nothing of the older one behind', async () => {
    const failed = aTorrent({
      phase: { name: 'failed', from: { name: 'resolving' }, error: { kind: 'storage/locked' } },
    })
    const { client, notify } = aClient(ok(running({ torrents: { [a]: failed } })))
    mirror = makeEngineMirror(client)
    await settled()

    notify({
      type: 'state-changed',
      revision: 8,
      changes: [{ type: 'torrent', torrent: aTorrent({ phase: { name: 'seeding' } }) }],
    })

    expect(mirror.state.torrents[a]?.phase).toEqual({ name: 'seeding' })
  })

  test('asks for everything when a change was missed', async () => {
    const { client, notify, become, syncs } = aClient(ok(running()))
    mirror = makeEngineMirror(client)
    await settled()
    become(running({ revision: 12, torrents: { [a]: aTorrent({ name: 'Newest' }) } }))

    notify({ type: 'state-changed', revision: 10, changes: [] })
    notify({ type: 'state-changed', revision: 11, changes: [] })
    await settled()

    expect(syncs()).toBe(2)
    expect(mirror.state.revision).toBe(12)
    expect(mirror.state.torrents[a]?.name).toBe('Newest')
  })

  test('a replaced state replaces all, also an older revision', async () => {
    const { client, notify } = aClient(ok(running({ torrents: { [a]: aTorrent() } })))
    mirror = makeEngineMirror(client)
    await settled()

    notify({ type: 'state-replaced', state: running({ revision: 1 }) })

    expect(Object.keys(mirror.state.torrents)).toEqual([])
    expect(mirror.state.revision).toBe(1)
  })

  test('an engine that cannot start is shown as failed, with why', async () => {
    const { client } = aClient(err({ kind: 'engine/insecure-context' }))

    mirror = makeEngineMirror(client)
    await settled()

    expect(mirror.state.engine).toEqual({
      name: 'failed',
      error: { kind: 'engine/insecure-context' },
    })
  })

  test('an engine held by another tab is waited for', async () => {
    const { client } = aClient(err({ kind: 'engine/held-elsewhere' }))

    mirror = makeEngineMirror(client)
    await settled()

    expect(mirror.state.engine).toEqual({ name: 'waiting' })
  })

  test('stops listening when stopped', () => {
    const { client, listening } = aClient(ok(running()))
    mirror = makeEngineMirror(client)

    mirror.stop()

    expect(listening()).toBe(0)
  })
})
