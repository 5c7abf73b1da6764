import fc from 'fast-check'
import decodeMagnet from 'magnet-uri'
import { describe, expect, test } from 'vitest'
import fixtures from 'webtorrent-fixtures'
import {
  formatMagnet,
  MAX_MAGNET_LENGTH,
  MAX_NAME_LENGTH,
  parseInfoHash,
  parseMagnet,
  type Magnet,
} from '../../../src/engine/magnet.ts'
import { isInfoHash, type InfoHash } from '../../../src/engine/model/ids.ts'
import { anyText } from '../../support/arbitrary-text.ts'

const HEX = 'd2474e86c95b19b8bcfdb92bc12c9d44667cfa36'
const BASE32 = '2JDU5BWJLMM3RPH5XEV4CLE5IRTHZ6RW'
const V2 = `urn:btmh:1220${'a'.repeat(64)}`
const refused = (reason: string) => ({ ok: false, error: { kind: 'input/magnet', reason } })

function infoHash(text = HEX): InfoHash {
  if (!isInfoHash(text)) throw new Error(text)
  return text
}

function parsed(uri: string): Magnet {
  const result = parseMagnet(uri)
  if (!result.ok) throw new Error(result.error.kind)
  return result.value
}

describe('what is refused', () => {
  test.each([
    ['nothing', '', 'scheme'],
    ['a web address', `https://example.com/?xt=urn:btih:${HEX}`, 'scheme'],
    ['a magnet without its question mark', `magnet:xt=urn:btih:${HEX}`, 'scheme'],
    ['a magnet inside other text', `see magnet:?xt=urn:btih:${HEX}`, 'scheme'],
    ['no parameters', 'magnet:?', 'no-info-hash'],
    ['a magnet without hash', 'magnet:?dn=name&tr=wss://t.example', 'no-info-hash'],
    ['a hash of another network', 'magnet:?xt=urn:sha1:YNCKHTQCWBTRNJIV4WNAE52SJUQCZO5C', 'no-info-hash'],
    ['a hash outside xt', `magnet:?xs=urn:btih:${HEX}`, 'no-info-hash'],
    ['an empty hash', 'magnet:?xt=urn:btih:', 'info-hash'],
    ['39 digits', `magnet:?xt=urn:btih:${HEX.slice(1)}`, 'info-hash'],
    ['41 digits', `magnet:?xt=urn:btih:${HEX}0`, 'info-hash'],
    ['40 letters that are no digits', `magnet:?xt=urn:btih:${'g'.repeat(40)}`, 'info-hash'],
    ['base32 with a 1', `magnet:?xt=urn:btih:1${BASE32.slice(1)}`, 'info-hash'],
    ['version 2 only', `magnet:?xt=${V2}`, 'v2-only'],
    ['more than 64 KiB', `magnet:?xt=urn:btih:${HEX}&dn=${'a'.repeat(MAX_MAGNET_LENGTH)}`, 'too-long'],
  ])('%s', (_, uri, reason) => {
    expect(parseMagnet(uri)).toEqual(refused(reason))
  }) // prettier-ignore
})

describe('the info hash', () => {
  test.each([
    ['in hex', `magnet:?xt=urn:btih:${HEX}`],
    ['in capitals', `MAGNET:?XT=URN:BTIH:${HEX.toUpperCase()}`],
    ['in base32', `magnet:?xt=urn:btih:${BASE32}`],
    ['in small base32', `magnet:?xt=urn:btih:${BASE32.toLowerCase()}`],
    ['percent-encoded', `magnet:?xt=urn%3Abtih%3A${HEX}`],
    ['numbered', `magnet:?xt.1=urn:btih:${HEX}`],
    ['beside one of version 2', `magnet:?xt=${V2}&xt=urn:btih:${HEX}`],
    ['after an unsound one', `magnet:?xt=urn:btih:0&xt=urn:btih:${HEX}`],
    ['before another', `magnet:?xt=urn:btih:${HEX}&xt=urn:btih:${'0'.repeat(40)}`],
    ['in a link out of a page source', `magnet:?dn=a&amp;xt=urn:btih:${HEX}`],
  ])('%s', (_, uri) => {
    expect(parsed(uri).infoHash).toBe(HEX)
  })

  test('is nothing but 40 hex digits or 32 letters of base32', () => {
    expect(parseInfoHash(` ${HEX}`)).toBeNull()
    expect(parseInfoHash(`${BASE32}\n`)).toBeNull()
    expect(parseInfoHash(`${HEX}${HEX.slice(0, 24)}`)).toBeNull()
  })
})

describe('the rest', () => {
  test('is read as it is meant, and places to fetch from or dial are left out', () => {
    const uri =
      `magnet:?xt=urn:btih:${HEX}&dn=Big+Buck%20Bunny%2B&xl=123&kt=a+b` +
      '&tr=wss%3A%2F%2Ftracker.example%2Fannounce&tr.1=udp://u.example:80&tr=wss://tracker.example/announce' +
      '&ws=https%3A%2F%2Fseed.example%2Fa+b&xs=http://192.168.1.1/x.torrent&as=http://as.example/' +
      '&x.pe=192.168.1.1:80&so=0,2,4-6&unknown=1&flag&=&'

    expect(parsed(uri)).toEqual({
      infoHash: HEX,
      name: 'Big Buck Bunny+',
      trackers: ['wss://tracker.example/announce', 'udp://u.example:80'],
      webSeeds: ['https://seed.example/a+b'],
      selected: [0, 2, 4, 5, 6],
      private: false,
      others: 3,
    })
  })

  test.each([
    ['dn', 'dn=%', '%'],
    ['dn', 'dn=%FF%FE', '%FF%FE'],
    ['dn', 'dn=&dn=second', 'second'],
    ['dn', 'dn=', null],
    ['dn', `dn=${'😀'.repeat(MAX_NAME_LENGTH)}`, '😀'.repeat(MAX_NAME_LENGTH / 2)],
    ['dn', 'dn=half\ud800', 'half\ufffd'],
  ])('%s of %s', (_, parameter, name) => {
    expect(parsed(`magnet:?xt=urn:btih:${HEX}&${parameter}`).name).toBe(name)
  })

  test.each([
    ['', null],
    ['x', null],
    ['-1', null],
    ['3-1', null],
    ['3,x,1', [1, 3]],
    ['2-4,3-5,2', [2, 3, 4, 5]],
    ['%33%2D4', [3, 4]],
    ['200000', null],
    ['199999', [199_999]],
    ['1234567890', null],
  ])('so=%s selects %j', (text, selected) => {
    expect(parsed(`magnet:?xt=urn:btih:${HEX}&so=${text}`).selected).toEqual(selected)
  })

  test('thousands of ranges over all files select each file once', () => {
    const ranges = Array.from({ length: 5000 }, () => '0-999999999').join(',')

    const { selected } = parsed(`magnet:?xt=urn:btih:${HEX}&so=${ranges}`)

    expect(selected?.length).toBe(200_000)
  })

  test('there are at most a hundred trackers and a hundred web seeds', () => {
    const many = (key: string, scheme: string) =>
      Array.from({ length: 300 }, (_, index) => `&${key}=${scheme}://${index}.example`).join('')

    const magnet = parsed(`magnet:?xt=urn:btih:${HEX}${many('tr', 'wss')}${many('ws', 'https')}`)

    expect(magnet.trackers.length).toBe(100)
    expect(magnet.webSeeds.length).toBe(100)
  })

  test.each(['http://', 'javascript:alert(1)', 'wss://a:b@c.example', `wss://${'a'.repeat(3000)}`])(
    '%s is no tracker',
    (tracker) => {
      const uri = `magnet:?xt=urn:btih:${HEX}&tr=${encodeURIComponent(tracker)}`

      expect(parsed(uri).trackers).toEqual([])
    },
  )
})

describe('a link for members only', () => {
  test('says so, and nothing else is as good as saying it', () => {
    const said = (parameter: string) => parsed(`magnet:?xt=urn:btih:${HEX}${parameter}`).private

    expect(said('&x.priv=1')).toBe(true)
    expect(said('&x.priv=1&x.priv=0')).toBe(true)
    expect(said('&X.PRIV=1')).toBe(true)
    expect(said('')).toBe(false)
    expect(said('&x.priv=0')).toBe(false)
    expect(said('&private=1')).toBe(false)
  })

  test('further places and peers are counted, and read no further', () => {
    const magnet = parsed(
      `magnet:?xt=urn:btih:${HEX}&xs=https://a.example/t&as=https://b.example&x.pe=10.0.0.1:6881&x.pe=[::1]:1`,
    )

    expect(magnet.others).toBe(4)
    expect(JSON.stringify(magnet)).not.toContain('6881')
  })
})

const magnets = fc.record<Magnet>({
  infoHash: fc
    .uint8Array({ minLength: 20, maxLength: 20 })
    .map((bytes) => infoHash(Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''))), // prettier-ignore
  name: fc.option(anyText({ minLength: 1, maxLength: 100 }).map((text) => text.toWellFormed())), // prettier-ignore
  trackers: fc.uniqueArray(fc.webUrl({ validSchemes: ['ws', 'wss', 'https'] }), { maxLength: 5 }),
  webSeeds: fc.uniqueArray(fc.webUrl({ withQueryParameters: true }), { maxLength: 5 }),
  selected: fc.option(
    fc
      .uniqueArray(fc.nat({ max: 199_999 }), { minLength: 1, maxLength: 20 })
      .map((files) => files.sort((a, b) => a - b)),
  ),
  private: fc.boolean(),
  others: fc.constant(0),
})

describe('for any magnet', () => {
  test('what is written is read back', () => {
    fc.assert(
      fc.property(magnets, (magnet) => {
        expect(parseMagnet(formatMagnet(magnet))).toEqual({ ok: true, value: magnet })
      }),
    )
  })

  test('npm magnet-uri reads what we write as we do', () => {
    fc.assert(
      fc.property(magnets, (magnet) => {
        const theirs = decodeMagnet(formatMagnet(magnet))

        expect(theirs.infoHash).toBe(magnet.infoHash)
        // It takes an escaped plus for a space.
        expect(theirs.name).toBe(magnet.name?.replaceAll('+', ' '))
        expect(theirs.announce).toEqual(magnet.trackers)
        expect(theirs.urlList).toEqual(magnet.webSeeds)
      }),
    )
  })

  test('any text after the scheme is read or refused, never thrown at', () => {
    const bits = ['xt=', 'urn:btih:', HEX, BASE32, '&', '=', 'so=', '1-9', 'dn=', 'tr=', 'wss://x.y', '%', '.1', '+'] // prettier-ignore
    const texts = fc.array(fc.oneof(fc.constantFrom(...bits), fc.string({ maxLength: 5 })))
    fc.assert(
      fc.property(texts, (parts) => {
        const result = parseMagnet(`magnet:?${parts.join('')}`)

        if (result.ok) expect(parseMagnet(formatMagnet(result.value))).toEqual(result)
        else expect(result.error.kind).toBe('input/magnet')
      }),
      { numRuns: 1000 },
    )
  })
})

test.each(Object.entries(fixtures).filter(([, { magnetURI }]) => magnetURI))(
  'the magnet of fixture %s is read',
  (_, fixture) => {
    const magnet = parsed(fixture.magnetURI!)

    expect(magnet.infoHash).toBe(fixture.parsedTorrent?.infoHash)
    expect(magnet.name).toBe(fixture.parsedTorrent?.name)
  },
)
