import { expect, test } from 'vitest'
import { checkSettings } from '../../../src/engine/settings-check.ts'

const refused = (change: unknown) => {
  const checked = checkSettings(change)
  return checked.ok ? null : checked.error
}

test.each([
  'stun:relay.example',
  'stun:192.0.2.7:3478',
  'stuns:[2001:db8::7]:5349',
  'STUN:relay.example:3478',
])('%s may be asked', (url) => {
  expect(refused({ iceServers: [{ urls: [url] }] })).toBeNull()
})

test.each([
  'stun:',
  'stun:two words',
  'stun://relay.example',
  'stun:relay.example:port',
  'stun:relay.example:99999',
  'stun:relay.example?transport=udp',
  'https://relay.example',
  `stun:${'a'.repeat(3000)}`,
])('%s would make the browser refuse every connection, and is refused itself', (url) => {
  expect(refused({ iceServers: [{ urls: ['stun:relay.example', url] }] })).toEqual({
    kind: 'input/address',
    of: 'ice-server',
    reason: 'form',
  })
})

test('a TURN server comes with its name and its password, as browsers want it', () => {
  const urls = ['turn:relay.example:3478?transport=tcp']

  expect(refused({ iceServers: [{ urls, username: 'me', credential: 'secret' }] })).toBeNull()
  for (const without of [{}, { username: 'me' }, { username: '', credential: 'secret' }]) {
    expect(refused({ iceServers: [{ urls, ...without }] })).toEqual({
      kind: 'input/address',
      of: 'ice-server',
      reason: 'credential',
    })
  }
})

test('an address of a relay or a tracker that is none is told by its kind', () => {
  expect(refused({ relays: ['ftp://relay.example'] })).toEqual({
    kind: 'input/address',
    of: 'relay',
    reason: 'form',
  })
  expect(refused({ trackers: ['https://tracker.example'] })).toEqual({
    kind: 'input/address',
    of: 'tracker',
    reason: 'form',
  })
})

test('more relays than are of use are refused', () => {
  const relays = [1, 2, 3, 4, 5].map((number) => `https://relay${number}.example`)

  expect(refused({ relays: relays.slice(1) })).toBeNull()
  expect(refused({ relays })).toEqual({ kind: 'input/address', of: 'relay', reason: 'too-many' })
})

test('what is no address keeps the words of whoever checked it', () => {
  expect(refused({ maxConnections: 1000 })).toMatchObject({ kind: 'input/settings' })
  expect(refused({ relays: 'https://relay.example' })).toMatchObject({ kind: 'input/settings' })
})
