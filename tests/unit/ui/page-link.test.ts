import { expect, test } from 'vitest'
import {
  inviteInFragment,
  magnetInFragment,
  makePageLink,
  nameInMagnet,
  withoutPageLink,
} from '../../../src/ui/input/page-link.ts'

const MAGNET = `magnet:?xt=urn:btih:${'a'.repeat(40)}&dn=A%20%26%20B&tr=wss%3A%2F%2Frelay.example%2Fannounce`
const PAGE = { origin: 'https://relay.example', pathname: '/app/' }

test('a page link carries the whole magnet URI in its fragment', () => {
  const link = makePageLink(PAGE, MAGNET)

  expect(new URL(link).search).toBe('')
  expect(magnetInFragment(new URL(link).hash)).toBe(MAGNET)
})

test('a page link of any relay is understood where a magnet URI is', () => {
  expect(withoutPageLink(`  ${makePageLink(PAGE, MAGNET)}\n`)).toBe(MAGNET)
})

test('other text is left as it is', () => {
  expect(withoutPageLink(' magnet:?xt=1 ')).toBe('magnet:?xt=1')
  expect(withoutPageLink('https://host.example/a.torrent#frag')).toBe(
    'https://host.example/a.torrent#frag',
  )
})

test.each([
  '',
  '#',
  '#magnet',
  '#magnet=',
  '#magnet=javascript:alert(1)',
  '#magnet=%E0%A4%A',
  '#x=magnet:',
])('the fragment “%s” opens nothing', (fragment) => {
  expect(magnetInFragment(fragment)).toBeNull()
})

test('a magnet URI may name itself', () => {
  expect(nameInMagnet(MAGNET)).toBe('A & B')
  expect(nameInMagnet('magnet:?xt=urn:btih:x')).toBeNull()
})

test('the fragment of an invite is taken as it stands, and no other is', () => {
  expect(inviteInFragment('#i=hQF0b2tlbg')).toBe('#i=hQF0b2tlbg')
  expect(inviteInFragment('#i=')).toBe('#i=')
  expect(inviteInFragment('#magnet=x')).toBeNull()
  expect(inviteInFragment('')).toBeNull()
})

test('the link of an invite is left whole for the engine', () => {
  expect(withoutPageLink(' https://relay.example/#i=hQF0 ')).toBe('https://relay.example/#i=hQF0')
})
