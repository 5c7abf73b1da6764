import type { EngineError } from '../../engine/model/errors.ts'
import { isInfoHash, type FileIndex, type InfoHash } from '../../engine/model/ids.ts'
import { err, ok, type Result } from '../../engine/model/result.ts'
import type { TorrentSource } from '../../engine/model/torrent.ts'
import { MIB, type Bytes } from '../../engine/model/units.ts'
import type { EngineClient } from '../protocol/engine-client.ts'
import { makeChiralBackend } from './chiral-backend.ts'
import type { Chiral, Identity } from './chiral-interface.ts'
import { valueOf, failure } from './script-failure.ts'
import { makeScriptMirror } from './script-mirror.ts'

export type { Chiral } from './chiral-interface.ts'

declare global {
  interface Window {
    chiral: Chiral
  }
}

/** A file above this is no `.torrent`, and is not read into memory to find out. */
const LARGEST_TORRENT_FILE: Bytes = 16 * MIB

/** The scripting interface, over the same client as the UI's. Lives as long as the page. */
export function makeChiral({ client }: { readonly client: EngineClient }): Chiral {
  const mirror = makeScriptMirror(client)
  let creations = 0

  /** Puts a call about one torrent, named by foreign text. */
  const about = async <Value>(
    text: string,
    ask: (infoHash: InfoHash) => Promise<Result<Value, EngineError>>,
  ): Promise<Value> => {
    const infoHash = text.toLowerCase()
    if (!isInfoHash(infoHash)) throw failure({ kind: 'input/unknown-torrent' })
    return valueOf(await ask(infoHash))
  }

  /** The same for a command: once it is answered, `list()` and `get()` show what it did. */
  const change = async (
    text: string,
    ask: (infoHash: InfoHash) => Promise<Result<unknown, EngineError>>,
  ): Promise<void> => {
    await about(text, ask)
    const infoHash = text.toLowerCase()
    if (isInfoHash(infoHash)) await mirror.catchUp(infoHash)
  }

  const indexOf = async (
    infoHash: InfoHash,
    paths: readonly string[],
  ): Promise<Result<readonly FileIndex[], EngineError>> => {
    const files = await client.call('torrent.files', { infoHash })
    if (!files.ok) return files
    const indices = new Map(files.value.map(({ path, index }) => [path, index]))
    const found = paths.flatMap((path) => indices.get(path) ?? [])
    return found.length === paths.length ? ok(found) : err({ kind: 'input/unknown-file' })
  }

  return Object.freeze<Chiral>({
    ready: mirror.ready,

    async add(source, options = {}) {
      const added = await client.call('torrent.add', { source: await readSource(source), options })
      const known =
        !added.ok && added.error.kind === 'input/duplicate' ? added.error.infoHash : null
      const infoHash = known ?? valueOf(added)
      await mirror.catchUp(infoHash)
      return infoHash
    },

    async seed(files, options = {}) {
      const seeded = await client.call('torrent.seed', {
        id: `script-${(creations += 1)}`,
        files: files.map((file) => ({ path: file.webkitRelativePath || file.name, file })),
        options,
      })
      const value = valueOf(seeded)
      await mirror.catchUp(value.infoHash)
      return value
    },

    list: mirror.list,
    get: (infoHash) => mirror.get(infoHash.toLowerCase()),

    async files(infoHash) {
      return [...(await about(infoHash, (infoHash) => client.call('torrent.files', { infoHash })))]
    },

    async trackers(infoHash) {
      return [
        ...(await about(infoHash, (infoHash) => client.call('torrent.trackers', { infoHash }))),
      ]
    },

    async peers(infoHash) {
      return [...(await about(infoHash, (infoHash) => client.call('torrent.peers', { infoHash })))]
    },

    read: (infoHash, path) =>
      about(infoHash, async (infoHash) => {
        const found = await indexOf(infoHash, [path])
        if (!found.ok) return found
        const [file = -1] = found.value
        return client.call('torrent.export', { infoHash, file })
      }),

    mediaUrl() {
      throw unsupported('mediaUrl')
    },

    async pause(infoHash) {
      await change(infoHash, (infoHash) => client.call('torrent.pause', { infoHash }))
    },

    async resume(infoHash) {
      await change(infoHash, (infoHash) => client.call('torrent.resume', { infoHash }))
    },

    async remove(infoHash, { deleteData = false, undo = false } = {}) {
      await change(infoHash, (infoHash) =>
        client.call('torrent.remove', { infoHash, deleteData, undo }),
      )
    },

    restore: (infoHash) =>
      change(infoHash, (infoHash) => client.call('torrent.restore', { infoHash })),

    usage: async () => valueOf(await client.call('storage.usage', null)),
    adopt: (infoHash) => change(infoHash, (infoHash) => client.call('storage.adopt', { infoHash })),
    async reclaim(infoHash) {
      await about(infoHash, (infoHash) => client.call('storage.reclaim', { infoHash }))
    },

    async select(infoHash, paths) {
      await change(infoHash, async (infoHash) => {
        const found = await indexOf(infoHash, paths)
        return found.ok ? client.call('torrent.want', { infoHash, files: found.value }) : found
      })
    },

    async setPriority(infoHash, paths, priority) {
      await change(infoHash, async (infoHash) => {
        const found = await indexOf(infoHash, paths)
        if (!found.ok) return found
        return client.call('torrent.prioritise', { infoHash, files: found.value, priority })
      })
    },

    async setLimits(infoHash, limits) {
      await change(infoHash, (infoHash) => client.call('torrent.limit', { infoHash, limits }))
    },

    get identity() {
      const answer = client.call('identity.get', null).then((result): Identity => {
        const { peerId, addresses } = valueOf(result)
        return { peerId, addresses: [...addresses] }
      })
      // Looking at the object, as a console does, must not be reported when it fails.
      answer.catch(() => {})
      return answer
    },

    async settings() {
      return valueOf(await client.call('settings.get', null))
    },

    async configure(change) {
      return valueOf(await client.call('settings.change', { change }))
    },

    async setPolicy(infoHash, policy) {
      await change(infoHash, (infoHash) => client.call('torrent.set-policy', { infoHash, policy }))
    },

    invite: (infoHash, options = {}) =>
      about(infoHash, (infoHash) => client.call('swarm.invite', { infoHash, options })),
    invites: async (infoHash) => [
      ...(await about(infoHash, (infoHash) => client.call('swarm.invites', { infoHash }))),
    ],
    members: async (infoHash) => [
      ...(await about(infoHash, (infoHash) => client.call('swarm.members', { infoHash }))),
    ],
    async allow(infoHash, peerId, as = {}) {
      await about(infoHash, (infoHash) => client.call('swarm.allow', { infoHash, peerId, as }))
    },
    async revoke(infoHash, peerIdOrInvite) {
      await about(infoHash, (infoHash) => client.call('swarm.revoke', { infoHash, peerIdOrInvite }))
    },
    async unlock(infoHash, passphrase) {
      await about(infoHash, (infoHash) => client.call('swarm.unlock', { infoHash, passphrase }))
    },
    backend: makeChiralBackend(client),
    ledger: async () => refuse('the ledger'),

    on: mirror.on,
  })
}

async function readSource(source: string | Uint8Array | File): Promise<TorrentSource | string> {
  if (typeof source === 'string') return source
  if (source instanceof Uint8Array) {
    // Its own copy: a message carries the whole buffer of a view, and `source` may be a small one.
    return { from: 'metainfo', bytes: new Uint8Array(source) }
  }
  if (source.size > LARGEST_TORRENT_FILE) {
    throw failure({ kind: 'input/metainfo', reason: 'too-large' })
  }
  return { from: 'metainfo', bytes: new Uint8Array(await source.arrayBuffer()) }
}

function unsupported(what: string): Error {
  return failure({ kind: 'engine/unsupported', what })
}

function refuse(what: string): never {
  throw unsupported(what)
}
