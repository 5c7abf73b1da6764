import type { Page } from 'puppeteer-core'
import type { Seeded } from './seeded.ts'

/** Ways in which what is stored can come to harm while the app is not looking. */
export const DAMAGES = [
  'flip-bits',
  'zero-range',
  'truncate',
  'delete-file',
  'delete-torrent-folder',
  'wipe-files',
  'wipe-database',
  'delete-entry',
  'garbage-entry',
  'flip-entry',
] as const

export type Damage = (typeof DAMAGES)[number]

/**
 * Does the damage from a page in which no app runs, to whichever file or entry chance chooses: it
 * knows of folders, files, stores and keys, and nothing of what they mean. Says what was done.
 */
export async function doDamage(bare: Page, damage: Damage, chance: Seeded): Promise<string> {
  await engineGone(bare)
  const draws = Array.from({ length: 8 }, () => chance.below(2 ** 30))
  switch (damage) {
    case 'flip-bits':
    case 'zero-range':
    case 'truncate':
    case 'delete-file':
    case 'delete-torrent-folder':
    case 'wipe-files':
      return bare.evaluate(damageFiles, damage, draws)
    case 'wipe-database':
    case 'delete-entry':
    case 'garbage-entry':
    case 'flip-entry':
      return bare.evaluate(damageDatabase, damage, draws)
  }
}

/** A closed tab's worker may live a while longer, and has its files open. */
async function engineGone(bare: Page): Promise<void> {
  const held = () =>
    bare.evaluate(async () => {
      const { held = [] } = await navigator.locks.query()
      return held.length
    })
  while ((await held()) > 0);
}

/** Runs in the page: it may use nothing of this file. */
async function damageFiles(damage: string, draws: readonly number[]): Promise<string> {
  let drawn = 0
  const below = (most: number): number => draws[drawn++ % draws.length]! % most
  const root = await navigator.storage.getDirectory()
  if (damage === 'wipe-files') {
    for await (const name of root.keys()) await root.removeEntry(name, { recursive: true })
    return 'all files'
  }

  const files: [path: string, file: FileSystemFileHandle, folder: FileSystemDirectoryHandle][] = []
  const walk = async (folder: FileSystemDirectoryHandle, path: string): Promise<void> => {
    for await (const entry of folder.values()) {
      const at = `${path}/${entry.name}`
      if (entry instanceof FileSystemDirectoryHandle) await walk(entry, at)
      else if (entry instanceof FileSystemFileHandle) {
        const empty = (await entry.getFile()).size === 0
        if (!empty || damage === 'delete-file') files.push([at, entry, folder])
      }
    }
  }
  await walk(root, '')
  files.sort(([one], [other]) => (one < other ? -1 : 1))
  if (files.length === 0) return 'nothing was there'
  const [path, handle, folder] = files[below(files.length)]!

  if (damage === 'delete-torrent-folder') {
    const torrents = await root.getDirectoryHandle('torrents-v1')
    await torrents.removeEntry(folder.name, { recursive: true })
    return folder.name
  }
  if (damage === 'delete-file') {
    await folder.removeEntry(handle.name)
    return path
  }
  const { size } = await handle.getFile()
  const writable = await handle.createWritable({ keepExistingData: true })
  const at = below(size)
  if (damage === 'truncate') {
    await writable.truncate(at)
  } else if (damage === 'zero-range') {
    await writable.write({
      type: 'write',
      position: at,
      data: new Uint8Array(Math.min(size - at, 1 + below(70_000))),
    })
  } else {
    const byte = new Uint8Array(await (await handle.getFile()).slice(at, at + 1).arrayBuffer())
    byte[0]! ^= 1 << below(8)
    await writable.write({ type: 'write', position: at, data: byte })
  }
  await writable.close()
  return `${path} at ${at}`
}

/** Runs in the page: it may use nothing of this file. */
async function damageDatabase(damage: string, draws: readonly number[]): Promise<string> {
  let drawn = 0
  const below = (most: number): number => draws[drawn++ % draws.length]! % most
  const done = <Value>(request: IDBRequest<Value>): Promise<Value> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error ?? new Error('no reason'))
    })
  const names = (await indexedDB.databases()).map(({ name }) => name ?? '').sort()
  if (names.length === 0) return 'nothing was there'
  const name = names[below(names.length)]!
  if (damage === 'wipe-database') {
    await done(indexedDB.deleteDatabase(name))
    return name
  }

  const database = await done(indexedDB.open(name))
  try {
    const stores = [...database.objectStoreNames]
    if (stores.length === 0) return `${name} has no stores`
    const storeName = stores[below(stores.length)]!
    const store = database.transaction(storeName, 'readwrite').objectStore(storeName)
    const keys = await done(store.getAllKeys())
    if (keys.length === 0) return `${name}/${storeName} is empty`
    const key = keys[below(keys.length)]!
    const where = `${name}/${storeName}/${JSON.stringify(key)}`
    const keyPath = typeof store.keyPath === 'string' ? store.keyPath : null
    const put = (value: unknown) =>
      done(keyPath === null ? store.put(value, key) : store.put(value))

    if (damage === 'delete-entry') {
      await done(store.delete(key))
      return where
    }
    if (damage === 'garbage-entry') {
      const garbage = [null, 5, 'text', [1, 2], { a: { b: [] } }, new Uint8Array(9)]
      const chosen = garbage[below(garbage.length)]
      await put(keyPath === null ? chosen : { [keyPath]: key, garbage: chosen })
      return where
    }
    // One bit, somewhere in the entry's bytes or numbers.
    const value: unknown = await done(store.get(key))
    const spots: [path: string, flip: () => void][] = []
    const look = (holder: unknown, path: string): void => {
      if (holder instanceof Uint8Array && holder.length > 0) {
        const at = below(holder.length)
        spots.push([`${path}[${at}]`, () => void (holder[at]! ^= 1 << below(8))])
        return
      }
      if (typeof holder !== 'object' || holder === null) return
      // Whatever it is, its own fields are all that is looked at.
      const fields = holder as Record<string, unknown>
      for (const [field, inner] of Object.entries(fields)) {
        if (field === keyPath) continue
        if (typeof inner === 'number') {
          spots.push([`${path}.${field}`, () => void (fields[field] = inner + 1)])
        } else if (typeof inner === 'boolean') {
          spots.push([`${path}.${field}`, () => void (fields[field] = !inner)])
        } else look(inner, `${path}.${field}`)
      }
    }
    look(value, where)
    if (spots.length === 0) return `${where} has nothing to flip`
    const [path, flip] = spots[below(spots.length)]!
    flip()
    await put(value)
    return path
  } finally {
    database.close()
  }
}
