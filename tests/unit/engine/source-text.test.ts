import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { magnetOfPageLink, readSource } from '../../../src/engine/source-text.ts'
import { anyText } from '../../support/arbitrary-text.ts'

const HEX = 'd2474e86c95b19b8bcfdb92bc12c9d44667cfa36'
const BASE32 = '2JDU5BWJLMM3RPH5XEV4CLE5IRTHZ6RW'
const MAGNET = `magnet:?xt=urn:btih:${HEX}&dn=Big+Buck+Bunny&tr=wss%3A%2F%2Ft.example`

const magnet = (uri = MAGNET) => ({ ok: true, value: { from: 'magnet', uri } })
const hash = { ok: true, value: { from: 'info-hash', infoHash: HEX } }
const url = (text: string) => ({ ok: true, value: { from: 'url', url: text } })

describe('what a person means', () => {
  test.each([
    ['a magnet', MAGNET, magnet()],
    ['in blanks', `\n\t ${MAGNET} \r\n`, magnet()],
    ['in quotes', `"${MAGNET}"`, magnet()],
    ['in quotes of a book', `“${MAGNET}”`, magnet()],
    ['in brackets and a comma', `(<${MAGNET}>),`, magnet()],
    ['with a year in brackets at its end', `${MAGNET}&dn=Film+(2024)`, magnet(`${MAGNET}&dn=Film+(2024)`)],
    ['in brackets in a sentence', `it is out (${MAGNET}).`, magnet()],
    ['as code', '`' + MAGNET + '`', magnet()],
    ['with a mark before it', `\ufeff\u200b${MAGNET}`, magnet()],
    ['with blanks in its name', `magnet:?xt=urn:btih:${HEX}&dn=a b`, magnet(`magnet:?xt=urn:btih:${HEX}&dn=a b`)],
    ['on the third line', `Hello,\nthe film is\n${MAGNET}\nbye`, magnet()],
    ['in a sentence', `the film is ${MAGNET} enjoy`, magnet()],
    ['after one that is unsound', `magnet:?xt=urn:btih:0\n${MAGNET}`, magnet()],
    ['a hash', HEX, hash],
    ['a hash in capitals', ` ${HEX.toUpperCase()} `, hash],
    ['a hash in base32', BASE32, hash],
    ['a hash with its name', `urn:btih:${HEX}`, hash],
    ['a hash in a sentence', `hash: ${HEX}.`, { ok: true, value: { from: 'info-hash', infoHash: HEX } }],
    ['a URL', 'https://example.com/a.torrent', url('https://example.com/a.torrent')],
    ['a URL in capitals', 'HTTP://EXAMPLE.com', url('http://example.com/')],
    ['a URL in one’s own network', 'http://192.168.1.2:8080/a b.torrent'.replace(' ', '%20'), url('http://192.168.1.2:8080/a%20b.torrent')],
    ['a link of our page', `https://chiral.example/#magnet=${encodeURIComponent(MAGNET)}`, magnet()],
    ['a link of our page, raw', `https://chiral.example/#magnet=${MAGNET}`, magnet()],
    ['a link of our page with more in it', `https://chiral.example/app/#a=1&magnet=${encodeURIComponent(MAGNET)}&b=2`, magnet()],
    ['a link of our page on this device', `http://localhost:8080/#magnet=${encodeURIComponent(MAGNET)}`, magnet()],
    ['the first of two', `${HEX}\nhttps://example.com/`, hash],
  ])('%s', (_, text, meant) => {
    expect(readSource(text)).toEqual(meant)
  }) // prettier-ignore

  test.each([
    ['nothing', '', { kind: 'input/source', reason: 'empty' }],
    ['blanks', ' \n\t\u200b', { kind: 'input/source', reason: 'empty' }],
    ['quotes around nothing', '""', { kind: 'input/source', reason: 'empty' }],
    ['a word', 'ubuntu', { kind: 'input/source', reason: 'unknown' }],
    ['a sentence', 'please send me the film', { kind: 'input/source', reason: 'unknown' }],
    ['39 digits', HEX.slice(1), { kind: 'input/source', reason: 'unknown' }],
    ['a file of this device', 'file:///etc/passwd', { kind: 'input/source', reason: 'unknown' }],
    ['a script', 'javascript:alert(1)', { kind: 'input/source', reason: 'unknown' }],
    ['data', 'data:text/html,hello', { kind: 'input/source', reason: 'unknown' }],
    ['a URL without host', 'https://', { kind: 'input/source', reason: 'unknown' }],
    ['a magnet without hash', 'magnet:?dn=a', { kind: 'input/magnet', reason: 'no-info-hash' }],
    ['half a magnet', 'magnet:', { kind: 'input/magnet', reason: 'scheme' }],
    ['a magnet of version 2', `magnet:?xt=urn:btmh:1220${'a'.repeat(64)}`, { kind: 'input/magnet', reason: 'v2-only' }],
    ['a link of our page with a bad magnet', 'https://chiral.example/#magnet=nonsense', { kind: 'input/magnet', reason: 'scheme' }],
    ['a link of our page with broken escapes', 'https://chiral.example/#magnet=%E0%A4%A', { kind: 'input/magnet', reason: 'scheme' }],
  ])('not %s', (_, text, error) => {
    expect(readSource(text)).toEqual({ ok: false, error })
  }) // prettier-ignore

  test.each([' ', ')', '(', '"', '.', '#', '%', '&'])('a run of a million %j is soon done with', (mark) => {
    expect(readSource(`a${mark.repeat(1_000_000)}b`).ok).toBe(false)
  }) // prettier-ignore

  test('megabytes of text are looked at no further than their start', () => {
    expect(readSource(`${'word '.repeat(1_000_000)}${MAGNET}`).ok).toBe(false)
    expect(readSource(`${MAGNET}\n${'word '.repeat(1_000_000)}`)).toEqual(magnet())
  })

  test('any text is read or refused, never thrown at', () => {
    const bits = [MAGNET, HEX, 'https://', '#magnet=', 'magnet:?', ' ', '\n', '"', '%', '&']
    const texts = fc.array(fc.oneof(fc.constantFrom(...bits), anyText()))
    fc.assert(
      fc.property(texts, (parts) => {
        const result = readSource(parts.join(''))

        if (!result.ok) expect(result.error.kind).toMatch(/^input\/(source|magnet)$/)
      }),
    )
  })
})

test('a link without a magnet in its fragment has none', () => {
  expect(magnetOfPageLink('https://chiral.example/?magnet=magnet:?xt=1')).toBeNull()
  expect(magnetOfPageLink('https://chiral.example/#notmagnet=1')).toBeNull()
  expect(magnetOfPageLink(`#magnet=${encodeURIComponent(MAGNET)}`)).toBe(MAGNET)
})
