import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { readConfig } from '../../relay/config.ts'
import { runRelay } from './support/relay-process.ts'

test('without flags or environment the relay serves dist on port 8080 to this machine only', () => {
  expect(readConfig([], {})).toEqual({
    type: 'config',
    config: {
      port: 8080,
      host: '127.0.0.1',
      appFolder: resolve('dist'),
      logLevel: 'info',
      trustProxy: false,
      overlay: true,
      dataFolder: resolve('relay-data'),
      publicUrl: null,
      libp2pTcpPort: null,
      peerRelays: [],
      metricsPort: null,
    },
  })
})

test('the environment is taken, and a flag wins over it', () => {
  const answer = readConfig(['--port', '9000'], { PORT: '7000', HOST: '::' })

  expect(answer).toMatchObject({ config: { port: 9000, host: '::' } })
})

test('port 0 lets the system choose, and --no-app serves no page', () => {
  const answer = readConfig(['--port=0', '--no-app', '--log-level=debug'], {})

  expect(answer).toMatchObject({ config: { port: 0, appFolder: null, logLevel: 'debug' } })
})

test.for<[string, readonly string[], Record<string, string>, RegExp]>([
  ['a port that is no number', ['--port', 'http'], {}, /whole number from 0 to 65535, not "http"/],
  ['a port out of range', ['--port', '65536'], {}, /not "65536"/],
  ['a negative port', ['--port=-1'], {}, /not "-1"/],
  ['a port with a fraction', ['--port', '80.5'], {}, /not "80.5"/],
  ['an empty port', ['--port', ''], {}, /not ""/],
  ['nonsense in PORT', [], { PORT: '0x50' }, /not "0x50"/],
  ['a host with a slash', ['--host', 'http://x'], {}, /an address or a name/],
  ['an empty HOST', [], { HOST: '' }, /an address or a name/],
  ['an unknown log level', ['--log-level', 'loud'], {}, /one of debug, info/],
  ['an unknown flag', ['--prot', '1'], {}, /--prot/],
  ['a flag without its value', ['--port'], {}, /--port/],
  ['a stray word', ['8080'], {}, /8080/],
  ['--dist together with --no-app', ['--dist', 'x', '--no-app'], {}, /not both/],
  ['an empty --dist', ['--dist', ''], {}, /empty/],
  ['an empty --data', ['--data', ''], {}, /empty/],
  ['--data together with --ephemeral', ['--data', 'x', '--ephemeral'], {}, /not both/],
  ['--stun-port together with --no-stun', ['--stun-port', '1', '--no-stun'], {}, /not both/],
  ['port 0 for libp2p', ['--libp2p-tcp', '0'], {}, /--libp2p-tcp .* from 1 to 65535, not "0"/],
  ['nonsense after --direct-host', ['--direct-host', 'a/b'], {}, /--direct-host .* not "a\/b"/],
  ['a public URL with a path', ['--public-url', 'https://x/y'], {}, /not "https:\/\/x\/y"/],
  ['nonsense in PUBLIC_URL', [], { PUBLIC_URL: 'x' }, /https:\/\/host/],
  ['a peer relay without its id', ['--peer-relay', '/ip4/1.2.3.4/tcp/1/ws'], {}, /\/p2p\//],
  ['a peer relay that is no multiaddr', ['--peer-relay', 'wss://x'], {}, /not "wss:\/\/x"/],
])('%s is refused with one sentence', ([, args, environment, reason]) => {
  const answer = readConfig(args, environment)

  expect(answer).toEqual({ type: 'refused', sentence: expect.stringMatching(reason) as string })
  expect(answer).toMatchObject({ sentence: expect.stringMatching(/^[^\n]+\.$/) as string })
})

test('a refused configuration ends the process with code 2 and just that sentence', async () => {
  const relay = runRelay('--port', 'http')

  expect(await relay.ended).toBe(2)
  expect(relay.output.stdout).toBe('')
  expect(relay.output.stderr).toBe('The port must be a whole number from 0 to 65535, not "http".\n')
})

test('help is told on standard output', async () => {
  const relay = runRelay('--help')

  expect(await relay.ended).toBe(0)
  expect(relay.output.stdout).toMatch(/^Usage: node relay\/main\.ts/)
})
