import { openDB, type IDBPDatabase } from 'idb'
import type { StoredSwarm, SwarmStore } from '../contracts/swarm-store.ts'
import type { ErrorIn } from '../model/errors.ts'
import { isInfoHash } from '../model/ids.ts'
import { err, ok, type Result } from '../model/result.ts'
import { storageError } from './storage-error.ts'

/** A database of its own, for the same reasons as the identity's. */
export const SWARM_DATABASE = 'chiral-swarms'
const DATABASE_VERSION = 1
const SWARMS = 'swarms'
const KEYS = 'keys'
const SEAL = 'seal'

/** AES-GCM's own length of an initialization vector (SP 800-38D §5.2.1.1). */
const IV_LENGTH = 12

/** What is at rest: who reads the file without this browser reads info hashes and lengths. */
interface SealedSwarm {
  readonly infoHash: string
  readonly iv: Uint8Array<ArrayBuffer>
  readonly sealed: ArrayBuffer
}

/** Private swarms in IndexedDB, encrypted by a key that never leaves the browser. */
export function makeIdbSwarmStore(name: string = SWARM_DATABASE): SwarmStore {
  /** Opened for each use: an open one is in the way of others. */
  const use = async <Value>(
    act: (database: IDBPDatabase) => Promise<Value>,
  ): Promise<Result<Value, ErrorIn<'storage'>>> => {
    try {
      const database = await openDB(name, DATABASE_VERSION, {
        upgrade(opened) {
          opened.createObjectStore(SWARMS, { keyPath: 'infoHash' })
          opened.createObjectStore(KEYS)
        },
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

  return {
    all: () =>
      use(async (database) => {
        const key: unknown = await database.get(KEYS, SEAL)
        const sealed: readonly unknown[] = await database.getAll(SWARMS)
        if (!(key instanceof CryptoKey)) return []
        const opened = await Promise.all(sealed.map((one) => unseal(key, one)))
        return opened.filter((swarm) => swarm !== null)
      }),

    put: ({ infoHash, content }) =>
      use(async (database) => {
        const key = await sealingKey(database)
        const iv = crypto.getRandomValues(new Uint8Array(IV_LENGTH))
        const algorithm = { name: 'AES-GCM', iv, additionalData: labelOf(infoHash) }
        const sealed = await crypto.subtle.encrypt(algorithm, key, content)
        const transaction = database.transaction(SWARMS, 'readwrite', { durability: 'strict' })
        await transaction.store.put({ infoHash, iv, sealed } satisfies SealedSwarm)
        await transaction.done
      }),

    remove: (infoHash) => use((database) => database.delete(SWARMS, infoHash)),
  }
}

/** Made by whoever needs it first, in whichever tab. */
async function sealingKey(database: IDBPDatabase): Promise<CryptoKey> {
  const there: unknown = await database.get(KEYS, SEAL)
  if (there instanceof CryptoKey) return there
  const usages = ['encrypt', 'decrypt'] as const
  const fresh = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, usages)
  const transaction = database.transaction(KEYS, 'readwrite', { durability: 'strict' })
  const first: unknown = await transaction.store.get(SEAL)
  if (first instanceof CryptoKey) return first
  await transaction.store.put(fresh, SEAL)
  await transaction.done
  return fresh
}

/** Null when it was changed, or moved to another torrent's place. */
async function unseal(key: CryptoKey, stored: unknown): Promise<StoredSwarm | null> {
  if (typeof stored !== 'object' || stored === null) return null
  // Each field is looked at before it counts.
  const { infoHash, iv, sealed } = stored as Partial<SealedSwarm>
  if (typeof infoHash !== 'string' || !isInfoHash(infoHash)) return null
  if (!(iv instanceof Uint8Array) || !(sealed instanceof ArrayBuffer)) return null
  try {
    const algorithm = { name: 'AES-GCM', iv, additionalData: labelOf(infoHash) }
    return {
      infoHash,
      content: new Uint8Array(await crypto.subtle.decrypt(algorithm, key, sealed)),
    }
  } catch {
    return null
  }
}

function labelOf(infoHash: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`chiral-swarm/1 ${infoHash}`)
}
