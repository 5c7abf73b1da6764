import { expect, test, vi } from 'vitest'
import { peerIdOfSeed } from '../../../../src/engine/adapters/libp2p-keys.ts'
import { makeMemoryIdentityStore } from '../../../../src/engine/adapters/memory-identity-store.ts'
import { makeIdentities, type Identity } from '../../../../src/engine/overlay/identity.ts'
import { isPeerId } from '../../../../src/engine/model/ids.ts'
import { err, type Result } from '../../../../src/engine/model/result.ts'

/** Deriving a key from a passphrase is meant to be slow, and these machines are busy. */
vi.setConfig({ testTimeout: 60_000 })

const PASSPHRASE = 'correct horse battery'

const aBrowser = () =>
  makeIdentities({ store: makeMemoryIdentityStore(), peerIdOf: (seed) => peerIdOfSeed(seed) })

function valueOf<Value>(result: Result<Value, unknown>): Value {
  if (!result.ok) throw new Error(JSON.stringify(result.error))
  return result.value
}

test('whoever asks first makes it, and everybody is told the same from then on', async () => {
  const identities = aBrowser()

  const [first, second] = await Promise.all([identities.current(), identities.current()])
  const third = await identities.current()

  expect(isPeerId(valueOf(first).peerId)).toBe(true)
  expect(valueOf(second).peerId).toBe(valueOf(first).peerId)
  expect(valueOf(third).peerId).toBe(valueOf(first).peerId)
})

test('a seed has the peer id that libp2p gives it everywhere', async () => {
  const seed = new Uint8Array(32).fill(1)

  expect(await peerIdOfSeed(seed)).toBe('12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5')
})

test('a name is given, cut to a line, and taken away again', async () => {
  const identities = aBrowser()
  const { peerId } = valueOf(await identities.current())

  const named = valueOf(await identities.rename(`  ${'n'.repeat(100)} `))
  const unnamed = valueOf(await identities.rename('   '))

  expect(named.name).toBe('n'.repeat(64))
  expect(unnamed.name).toBeNull()
  expect(unnamed.peerId).toBe(peerId)
})

test('what one browser exports another imports, and is the same peer from then on', async () => {
  const [one, other] = [aBrowser(), aBrowser()]
  const before: Identity = valueOf(await one.rename('Ana'))
  const replaced = valueOf(await other.current())

  const file = valueOf(await one.export(PASSPHRASE))
  const imported = valueOf(await other.import(file, PASSPHRASE))

  expect(imported).toMatchObject({ peerId: before.peerId, name: 'Ana' })
  expect(valueOf(await other.current()).peerId).toBe(before.peerId)
  expect(replaced.peerId).not.toBe(before.peerId)
})

test('a file that cannot be read changes nothing', async () => {
  const identities = aBrowser()
  const { peerId } = valueOf(await identities.current())

  const imported = await identities.import(new Uint8Array(100), PASSPHRASE)

  expect(imported).toMatchObject({ error: { kind: 'input/identity', reason: 'format' } })
  expect(valueOf(await identities.current()).peerId).toBe(peerId)
})

test('what was cleared is forgotten, and the next is another', async () => {
  const identities = aBrowser()
  const { peerId } = valueOf(await identities.current())

  await identities.clear()

  expect(valueOf(await identities.current()).peerId).not.toBe(peerId)
})

test('a browser that keeps nothing gives one for the visit', async () => {
  const cause = { name: 'DataCloneError', message: 'not here' }
  const refuse = async () => err({ kind: 'storage/io', cause } as const)
  const identities = makeIdentities({
    store: { read: refuse, keepFirst: refuse, replace: refuse, clear: refuse },
    peerIdOf: (seed) => peerIdOfSeed(seed),
  })

  const first = valueOf(await identities.current())
  const named = valueOf(await identities.rename('Ana'))

  expect(named).toMatchObject({ peerId: first.peerId, name: 'Ana' })
})

test('an identity that a newer version keeps is not replaced', async () => {
  const newer = async () => err({ kind: 'storage/newer' } as const)
  const identities = makeIdentities({
    store: { read: newer, keepFirst: newer, replace: newer, clear: newer },
    peerIdOf: (seed) => peerIdOfSeed(seed),
  })

  expect(await identities.current()).toEqual({ ok: false, error: { kind: 'storage/newer' } })
})
