import type { IdentityStore, KeptIdentity } from '../contracts/identity-store.ts'
import type { EngineError, ErrorIn } from '../model/errors.ts'
import type { PeerId } from '../model/ids.ts'
import { ok, type Result } from '../model/result.ts'
import { MAX_NAME_LENGTH, readIdentityFile, writeIdentityFile } from './identity-file.ts'

export interface IdentityDeps {
  readonly store: IdentityStore
  peerIdOf(seed: Uint8Array): Promise<PeerId>
}

/** An identity in use, with the name its key gives it. */
export interface Identity extends KeptIdentity {
  readonly peerId: PeerId
}

/** The one identity of this browser. */
export interface Identities {
  /** Makes it when there is none: whoever asks first, in whichever tab. */
  current(): Promise<Result<Identity, ErrorIn<'storage'>>>
  /** Blank takes the name away. */
  rename(name: string): Promise<Result<Identity, EngineError>>
  export(passphrase: string): Promise<Result<Uint8Array<ArrayBuffer>, EngineError>>
  /** Puts the file's identity in the place of this one, which is gone unless it was exported. */
  import(bytes: Uint8Array, passphrase: string): Promise<Result<Identity, EngineError>>
  /** Forgets the key. The next to ask makes another. */
  clear(): Promise<Result<void, EngineError>>
}

export function makeIdentities(deps: IdentityDeps): Identities {
  const { store } = deps
  const named = async (kept: KeptIdentity): Promise<Identity> => ({
    ...kept,
    peerId: await deps.peerIdOf(kept.seed),
  })

  /** For this visit, where the browser keeps nothing, as in a private window. */
  let passing: KeptIdentity | null = null

  const current: Identities['current'] = async () => {
    if (passing !== null) return ok(await named(passing))
    const read = await store.read()
    if (!read.ok && read.error.kind === 'storage/newer') return read
    if (read.ok && read.value !== null) return ok(await named(read.value))
    const fresh = {
      seed: crypto.getRandomValues(new Uint8Array(32)),
      name: null,
      createdAt: Date.now(),
    }
    const kept = await store.keepFirst(fresh)
    if (!kept.ok && kept.error.kind === 'storage/newer') return kept
    if (!kept.ok) passing = fresh
    return ok(await named(kept.ok ? kept.value : fresh))
  }

  const keep = async (identity: KeptIdentity): Promise<Result<void, ErrorIn<'storage'>>> => {
    if (passing === null) return store.replace(identity)
    passing = identity
    return ok()
  }

  return {
    current,

    async rename(name) {
      const before = await current()
      if (!before.ok) return before
      const trimmed = name.trim().slice(0, MAX_NAME_LENGTH)
      const { peerId, ...kept } = before.value
      const renamed = { ...kept, name: trimmed === '' ? null : trimmed }
      const replaced = await keep(renamed)
      return replaced.ok ? ok({ ...renamed, peerId }) : replaced
    },

    async export(passphrase) {
      const kept = await current()
      return kept.ok ? writeIdentityFile(kept.value, passphrase) : kept
    },

    async import(bytes, passphrase) {
      const read = await readIdentityFile(bytes, passphrase)
      if (!read.ok) return read
      const replaced = await keep(read.value)
      return replaced.ok ? ok(await named(read.value)) : replaced
    },

    clear() {
      passing = null
      return store.clear()
    },
  }
}
