import type { EngineChange, EnginePhase, EngineState } from '../../engine/model/engine-state.ts'
import { isInfoHash, type InfoHash } from '../../engine/model/ids.ts'
import { makeKeptState } from '../../engine/model/kept-state.ts'
import { unreachable } from '../../engine/model/result.ts'
import type { TorrentSnapshot } from '../../engine/model/torrent.ts'
import type { Notice } from '../protocol/control.ts'
import type { EngineClient } from '../protocol/engine-client.ts'
import type { Chiral, ChiralEvents } from './chiral-interface.ts'
import { makeListeners, type Listeners } from './listeners.ts'

/** The list as scripts see it, and what they may listen to. */
export interface ScriptMirror {
  readonly ready: Promise<void>
  readonly list: () => TorrentSnapshot[]
  get(infoHash: string): TorrentSnapshot | undefined
  readonly on: Chiral['on']
  /** Resolves when the list shows what a call has just done to the torrent. */
  catchUp(infoHash: InfoHash): Promise<void>
}

/**
 * A mirror for scripts, apart from the UI's: the UI's store writes into the snapshots it is given,
 * and a script may keep one. So everything is copied on its way in, and again on its way out.
 */
export function makeScriptMirror(client: EngineClient): ScriptMirror {
  const kept = makeKeptState()
  const events: { readonly [Name in keyof ChiralEvents]: Listeners<ChiralEvents[Name]> } = {
    torrent: makeListeners(),
    removed: makeListeners(),
    trouble: makeListeners(),
    'payment-required': makeListeners(),
    engine: makeListeners(),
  }
  const ready = Promise.withResolvers<void>()
  // Nobody has to ask whether the engine runs.
  ready.promise.catch(() => {})
  let revision = 0
  let phase: EnginePhase['name'] | null = null

  const setPhase = (engine: EnginePhase) => {
    if (engine.name === 'running') ready.resolve()
    if (engine.name === 'failed') {
      ready.reject(
        new Error(`The engine cannot run: ${engine.error.kind}`, { cause: engine.error }),
      )
    }
    if (engine.name === phase) return
    phase = engine.name
    events.engine.tell(structuredClone(engine))
  }

  const apply = (change: EngineChange): void => {
    kept.put(change)
    switch (change.type) {
      case 'torrent':
        return events.torrent.tell(structuredClone(change.torrent))
      case 'torrent-removed':
        return events.removed.tell({ infoHash: change.infoHash })
      case 'engine':
        return setPhase(change.engine)
      case 'storage':
      case 'overlay':
      case 'creation':
      case 'creation-ended':
        return
      default:
        return unreachable(change)
    }
  }

  const replace = (state: EngineState): void => {
    const gone = kept.torrents().filter(({ infoHash }) => !(infoHash in state.torrents))
    kept.replace(state)
    revision = state.revision
    for (const { infoHash } of gone) events.removed.tell({ infoHash })
    for (const torrent of kept.torrents()) events.torrent.tell(structuredClone(torrent))
    setPhase(state.engine)
  }

  const resync = async () => {
    const synced = await client.call('state.sync', null)
    if (synced.ok) replace(structuredClone(synced.value))
  }

  const take = (notice: Notice): void => {
    switch (notice.type) {
      case 'state-replaced':
        return replace(structuredClone(notice.state))
      case 'state-changed':
        if (notice.revision !== revision + 1) return void resync()
        revision = notice.revision
        for (const change of structuredClone(notice.changes)) apply(change)
        return
      case 'trouble':
        return events.trouble.tell(
          structuredClone({ infoHash: notice.infoHash, error: notice.error }),
        )
      default:
        return unreachable(notice)
    }
  }

  // For the page's life. Listens first and asks second, so that no change falls between.
  client.onNotice(take)
  void resync()

  return {
    ready: ready.promise,
    list: () => structuredClone([...kept.torrents()]),
    get: (text) => (isInfoHash(text) ? structuredClone(kept.torrent(text)) : undefined),
    async catchUp(infoHash) {
      const answered = await client.call('torrent.snapshot', { infoHash })
      if (!answered.ok) return
      const { value: torrent } = answered
      if (torrent !== null) return apply({ type: 'torrent', torrent: structuredClone(torrent) })
      if (kept.torrent(infoHash) !== undefined) apply({ type: 'torrent-removed', infoHash })
    },
    on(event, listener) {
      if (!Object.hasOwn(events, event)) {
        throw new TypeError(`no event "${event}"; there are ${Object.keys(events).join(', ')}`)
      }
      return events[event].add(listener)
    },
  }
}
