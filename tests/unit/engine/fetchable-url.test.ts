import { describe, expect, test } from 'vitest'
import {
  isPublicHost,
  mayAnnounceTo,
  mayFetch,
  trackersAmong,
  webSeedsAmong,
} from '../../../src/engine/fetchable-url.ts'

const PAGE = 'chiral.example'

describe('a foreign link may reach the public internet', () => {
  test.each([
    'https://example.com/',
    'http://example.com:8080/a?b#c',
    'wss://tracker.example.org/announce',
    'ws://8.8.8.8:80/',
    'https://[2606:4700::6810:85e5]/',
    'https://[::ffff:8.8.8.8]/',
    'https://[64:ff9b::8.8.8.8]/',
    'https://[2002:808:808::1]/',
    'https://172.32.0.1/',
    'https://100.128.0.1/',
    'https://bücher.example/',
    'https://internal.example.com/',
    'https://localhost.example.com/',
  ])('%s', (url) => {
    expect(mayFetch(url, PAGE)).toBe(true)
  })
})

describe('a foreign link may not reach anywhere else', () => {
  test.each([
    ['text', 'nonsense'],
    ['a relative link', '/announce'],
    ['another scheme', 'ftp://example.com/'],
    ['a file', 'file:///etc/passwd'],
    ['a script', 'javascript:alert(1)'],
    ['data', 'data:text/plain,a'],
    ['a blob', 'blob:https://example.com/1'],
    ['a tracker over UDP', 'udp://example.com:80'],
    ['credentials', 'https://user:password@example.com/'],
    ['a user', 'https://user@example.com/'],
    ['more than 2,048 letters', `https://example.com/${'a'.repeat(2048)}`],

    ['this device', 'http://127.0.0.1/'],
    ['this device by name', 'http://localhost:3000/'],
    ['this device by full name', 'http://localhost./'],
    ['this device below its name', 'http://a.localhost/'],
    ['all of 127/8', 'http://127.255.255.254/'],
    ['this device in one number', 'http://2130706433/'],
    ['this device in hex', 'http://0x7f000001/'],
    ['this device in octal', 'http://0177.0.0.1/'],
    ['this device in short', 'http://127.1/'],
    ['this device with a dot', 'http://127.0.0.1./'],
    ['this device in wide digits', 'http://１２７.０.０.１/'],
    ['this device in circled digits', 'http://①②⑦.⓪.⓪.①/'],
    ['nowhere', 'http://0.0.0.0/'],
    ['nowhere in short', 'http://0/'],
    ['10/8', 'http://10.1.2.3/'],
    ['172.16/12', 'http://172.31.255.255/'],
    ['192.168/16', 'ws://192.168.1.1/'],
    ['link-local', 'http://169.254.169.254/latest/meta-data'],
    ['carrier-grade NAT', 'http://100.64.0.1/'],
    ['the end of carrier-grade NAT', 'http://100.127.255.255/'],
    ['documentation', 'http://192.0.2.1/'],
    ['benchmarks', 'http://198.19.0.1/'],
    ['multicast', 'http://224.0.0.1/'],
    ['broadcast', 'http://255.255.255.255/'],

    ['this device in IPv6', 'http://[::1]/'],
    ['nowhere in IPv6', 'http://[::]/'],
    ['this device mapped', 'http://[::ffff:127.0.0.1]/'],
    ['a private address mapped, in hex', 'http://[::ffff:c0a8:101]/'],
    ['a private address, the old compatible way', 'http://[::192.168.1.1]/'],
    ['a private address through NAT64', 'http://[64:ff9b::10.0.0.1]/'],
    ['a local NAT64', 'http://[64:ff9b:1::1]/'],
    ['a private address through 6to4', 'http://[2002:c0a8:101::1]/'],
    ['Teredo', 'http://[2001::1]/'],
    ['documentation in IPv6', 'http://[2001:db8::1]/'],
    ['more documentation in IPv6', 'http://[3fff:123::1]/'],
    ['link-local in IPv6', 'http://[fe80::1]/'],
    ['unique local', 'http://[fd00::1]/'],
    ['site-local', 'http://[fec0::1]/'],
    ['multicast in IPv6', 'http://[ff02::1]/'],

    ['a name in the network', 'http://router/'],
    ['mDNS', 'http://printer.local/'],
    ['mDNS in capitals', 'http://PRINTER.LOCAL./'],
    ['.internal', 'http://metadata.google.internal/'],
    ['.home.arpa', 'http://nas.home.arpa/'],
    ['.lan', 'http://nas.lan/'],
  ])('%s: %s', (_, url) => {
    expect(mayFetch(url, PAGE)).toBe(false)
  })
})

describe('the host that served the page', () => {
  test.each([
    ['127.0.0.1', 'ws://127.0.0.1:8000/announce'],
    ['127.0.0.1:4173', 'ws://127.0.0.1:8000/announce'],
    ['localhost', 'http://localhost/a.torrent'],
    ['nas.local:8080', 'wss://NAS.local/'],
    ['192.168.1.2', 'http://192.168.1.2/'],
    ['[::1]:8080', 'http://[0::1]:9000/'],
  ])('%s may be reached by %s', (pageHost, url) => {
    expect(mayFetch(url, pageHost)).toBe(true)
  })

  test.each([
    ['192.168.1.2', 'http://192.168.1.1/'],
    ['localhost', 'http://127.0.0.1/'],
    ['127.0.0.1', 'http://user@127.0.0.1/'],
    ['127.0.0.1', 'ftp://127.0.0.1/'],
    ['', 'http://router/'],
    ['no host at all', 'http://router/'],
  ])('%s opens no way to %s', (pageHost, url) => {
    expect(mayFetch(url, pageHost)).toBe(false)
  })
})

test('a web tracker speaks WebSocket', () => {
  expect(mayAnnounceTo('wss://tracker.example/', PAGE)).toBe(true)
  expect(mayAnnounceTo('ws://tracker.example/', PAGE)).toBe(true)
  expect(mayAnnounceTo('https://tracker.example/announce', PAGE)).toBe(false)
  expect(mayAnnounceTo('ws://192.168.1.1/', PAGE)).toBe(false)
  expect(mayAnnounceTo('ws://192.168.1.1/', '192.168.1.1')).toBe(true)
})

test('lists of foreign URLs are trimmed, single, of their kind, and bounded', () => {
  const texts = [' wss://a.example ', 'wss://a.example', 'udp://b.example:1', 'ftp://c.example', '']
  const nonsense = Array<string>(5000).fill('nonsense')

  expect(trackersAmong(texts)).toEqual(['wss://a.example', 'udp://b.example:1'])
  expect(webSeedsAmong([...texts, 'http://d.example/'])).toEqual(['http://d.example/'])
  expect(trackersAmong([...nonsense, 'wss://late.example'])).toEqual([])
})

test('no IPv4 address is public in one spelling and private in another', () => {
  for (const address of ['10.0.0.1', '8.8.8.8', '172.20.1.1', '198.51.100.7', '1.1.1.1']) {
    const spellings = [address, `[::ffff:${address}]`, `[64:ff9b::${address}]`]
    const verdicts = spellings.map((host) => isPublicHost(new URL(`http://${host}`).hostname))

    expect(new Set(verdicts).size).toBe(1)
  }
})
