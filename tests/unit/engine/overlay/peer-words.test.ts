import { wordlist } from '@scure/bip39/wordlists/english.js'
import { expect, test } from 'vitest'
import type { PeerId } from '../../../../src/engine/model/ids.ts'
import { wordsOf } from '../../../../src/engine/overlay/peer-words.ts'

const peer = '12D3KooWGRUVhMFMuMPfsMZqmrVSvnUVfRTzWRxQTQnEqZ7oU8nG' as PeerId // as a parsed one
const other = '12D3KooWGRUVhMFMuMPfsMZqmrVSvnUVfRTzWRxQTQnEqZ7oU8nH' as PeerId // as a parsed one

test('a peer id has three words of the list, always the same', () => {
  const words = wordsOf(peer)

  expect(words).toHaveLength(3)
  expect(words.every((word) => wordlist.includes(word))).toBe(true)
  expect(wordsOf(peer)).toEqual(words)
})

test('one letter more or less changes all of them', () => {
  const words = wordsOf(peer)

  expect(wordsOf(other).some((word) => words.includes(word))).toBe(false)
})
