import { spawn, spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'

/** A coturn of its own, on this machine's loopback and nothing else. */
export interface TurnServer {
  /** For `Settings.iceServers`. */
  readonly urls: readonly string[]
  readonly username: string
  readonly credential: string
  close(): Promise<void>
}

/** Whether coturn is installed: tests that need it are left out where it is not. */
export const hasTurn = spawnSync('turnserver', ['--version']).error === undefined

export async function startTurnServer(): Promise<TurnServer> {
  const port = await freePort()
  const [username, credential] = ['person', 'secret']
  const options = {
    'listening-ip': '127.0.0.1',
    'relay-ip': '127.0.0.1',
    'listening-port': String(port),
    realm: 'test',
    user: `${username}:${credential}`,
    'min-port': '50000',
    'max-port': '50100',
    'log-file': 'stdout',
    pidfile: '/dev/null',
  }
  const flags = [
    'lt-cred-mech',
    'allow-loopback-peers',
    'no-tls',
    'no-dtls',
    'no-cli',
    'fingerprint',
  ]
  const child = spawn('turnserver', [
    '-n',
    ...flags.map((name) => `--${name}`),
    ...Object.entries(options).map(([name, value]) => `--${name}=${value}`),
  ])
  child.stdout.resume()
  child.stderr.resume()
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  return {
    urls: [`turn:127.0.0.1:${port}?transport=udp`],
    username,
    credential,
    async close() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4')
    socket.bind(0, '127.0.0.1', () => {
      const { port } = socket.address()
      socket.close(() => resolve(port))
    })
  })
}
