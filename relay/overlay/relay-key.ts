import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { generateKeyPair, privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import type { Ed25519PrivateKey } from '@libp2p/interface'

const KEY_FILE = 'relay.key'

/**
 * The relay's identity. People's pages and other relays know this relay by it, so it lives in
 * `folder` (made when missing), readable by this user only, as a libp2p private key in protobuf.
 *
 * Rejects when the folder cannot be written or the file holds no Ed25519 key.
 */
export async function loadOrCreateKey(folder: string): Promise<Ed25519PrivateKey> {
  const path = join(folder, KEY_FILE)
  const kept = await read(path)
  if (kept !== null) return kept

  await mkdir(folder, { recursive: true, mode: 0o700 })
  const made = await makeKey()
  const draft = join(folder, `${KEY_FILE}.${randomUUID()}`)
  await writeFile(draft, privateKeyToProtobuf(made), { mode: 0o600, flag: 'wx', flush: true })
  try {
    // A link appears whole and never replaces: two relays that start at once agree on one key.
    await link(draft, path)
    return made
  } catch (thrown) {
    const other = await read(path)
    if (other === null) throw thrown
    return other
  } finally {
    await unlink(draft)
  }
}

/** A key that nobody keeps. */
export function makeKey(): Promise<Ed25519PrivateKey> {
  return generateKeyPair('Ed25519')
}

async function read(path: string): Promise<Ed25519PrivateKey | null> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (bytes === null) return null

  let key
  try {
    key = privateKeyFromProtobuf(bytes)
  } catch (cause) {
    throw new Error(`${path} holds no libp2p key.`, { cause })
  }
  if (key.type !== 'Ed25519') throw new Error(`${path} holds a ${key.type} key, not Ed25519.`)
  return key
}
