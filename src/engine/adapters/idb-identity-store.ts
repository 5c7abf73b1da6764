import { openDB, type IDBPDatabase } from 'idb'
import type { IdentityStore, KeptIdentity } from '../contracts/identity-store.ts'
import type { ErrorIn } from '../model/errors.ts'
import { err, ok, type Result } from '../model/result.ts'
import type { Timestamp } from '../model/units.ts'
import { storageError } from './storage-error.ts'

/** A database of its own: it outlives a damaged one of records, and nobody else upgrades it. */
export const IDENTITY_DATABASE = 'chiral-identity'
const DATABASE_VERSION = 1
const STORE = 'identity'
const SELF = 'self'

/** Grows with the shape of `SealedIdentity`. */
const RECORD_VERSION = 1

/** AES-GCM's own length of an initialization vector (SP 800-38D §5.2.1.1). */
const IV_LENGTH = 12

/** What is at rest. Scripts of this origin can use the key, but no one can read it out of the file. */
interface SealedIdentity {
  readonly version: typeof RECORD_VERSION
  /** AES-GCM, not extractable. */
  readonly key: CryptoKey
  readonly iv: Uint8Array<ArrayBuffer>
  readonly sealed: ArrayBuffer
  readonly name: string | null
  readonly createdAt: Timestamp
}

/** The identity in IndexedDB, its seed encrypted by a key that never leaves the browser. */
export function makeIdbIdentityStore(name: string = IDENTITY_DATABASE): IdentityStore {
  /** Opened for each use: it is used a few times in a visit, and an open one is in the way of others. */
  const use = async <Value>(
    act: (database: IDBPDatabase) => Promise<Value>,
  ): Promise<Result<Value, ErrorIn<'storage'>>> => {
    try {
      const database = await openDB(name, DATABASE_VERSION, {
        upgrade: (opened) => void opened.createObjectStore(STORE),
      })
      try {
        return ok(await act(database))
      } finally {
        database.close()
      }
    } catch (thrown) {
      const newer = thrown instanceof DOMException && thrown.name === 'VersionError'
      return err(newer ? { kind: 'storage/newer' } : await storageError(thrown, 0))
    }
  }

  const opened = async (
    stored: Result<unknown, ErrorIn<'storage'>>,
  ): Promise<Result<KeptIdentity | null, ErrorIn<'storage'>>> => {
    if (!stored.ok) return stored
    if (versionOf(stored.value) > RECORD_VERSION) return err({ kind: 'storage/newer' })
    return ok(isSealed(stored.value) ? await unseal(stored.value) : null)
  }

  return {
    read: async () => opened(await use((database) => database.get(STORE, SELF))),

    async keepFirst(identity) {
      const ours = await seal(identity)
      const kept = await use(async (database) => {
        const transaction = database.transaction(STORE, 'readwrite')
        const there: unknown = await transaction.store.get(SELF)
        // One that no version can read is as good as none.
        if (isSealed(there) || versionOf(there) > RECORD_VERSION) return there
        await transaction.store.put(ours, SELF)
        await transaction.done
        return ours
      })
      const answer = await opened(kept)
      if (!answer.ok) return answer
      if (answer.value !== null) return ok(answer.value)
      const replaced = await use((database) => database.put(STORE, ours, SELF))
      return replaced.ok ? ok(identity) : replaced
    },

    async replace(identity) {
      const sealed = await seal(identity)
      const put = await use((database) => database.put(STORE, sealed, SELF))
      return put.ok ? ok() : put
    },

    clear: () => use((database) => database.clear(STORE)),
  }
}

async function seal({ seed, name, createdAt }: KeptIdentity): Promise<SealedIdentity> {
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
    'encrypt',
    'decrypt',
  ])
  const iv = crypto.getRandomValues(new Uint8Array(IV_LENGTH))
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, seed)
  return { version: RECORD_VERSION, key, iv, sealed, name, createdAt }
}

/** Null when it was changed, so that the key does not open it. */
async function unseal(stored: SealedIdentity): Promise<KeptIdentity | null> {
  const { key, iv, sealed, name, createdAt } = stored
  try {
    const seed = await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, sealed)
    return { seed: new Uint8Array(seed), name, createdAt }
  } catch {
    return null
  }
}

function versionOf(stored: unknown): number {
  const version = typeof stored === 'object' && stored !== null && 'version' in stored
  return version && typeof stored.version === 'number' ? stored.version : 0
}

function isSealed(stored: unknown): stored is SealedIdentity {
  if (typeof stored !== 'object' || stored === null) return false
  // Each field is looked at before it counts.
  const { version, key, iv, sealed, name, createdAt } = stored as Partial<SealedIdentity>
  return (
    version === RECORD_VERSION &&
    key instanceof CryptoKey &&
    iv instanceof Uint8Array &&
    iv.length === IV_LENGTH &&
    sealed instanceof ArrayBuffer &&
    (name === null || typeof name === 'string') &&
    typeof createdAt === 'number'
  )
}
