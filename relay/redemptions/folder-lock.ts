import { createHash } from 'node:crypto'
import { realpath, rm } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Makes this process the only one that counts in a folder, until it ends, however it ends: the lock
 * is a listening local socket, which the system closes with the process. On Linux and Windows it
 * has a name and no file.
 *
 * @returns what lets it go, or `null` when another process has it. The folder must exist.
 */
export async function lockFolder(folder: string): Promise<(() => Promise<void>) | null> {
  const address = addressOf(await realpath(folder))
  const server = (await listening(address)) ?? (await listeningInsteadOfTheDead(address))
  if (server === null) return null
  // Nobody has anything to say here.
  server.on('connection', (socket) => socket.destroy())
  server.unref()
  return () => new Promise((resolve) => server.close(() => resolve()))
}

function addressOf(folder: string): string {
  const digest = createHash('sha256').update(folder).digest('hex').slice(0, 32)
  const name = `chiral-redemptions-${digest}`
  if (process.platform === 'linux') return `\0${name}`
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`
  return join(tmpdir(), `${name}.sock`)
}

/** `null` when the address is taken. */
function listening(address: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(null)
      else reject(error)
    })
    server.listen(address, () => resolve(server))
  })
}

/** Elsewhere the name is a file, which stays when its process is killed. */
async function listeningInsteadOfTheDead(address: string): Promise<Server | null> {
  if (!address.endsWith('.sock') || (await answers(address))) return null
  await rm(address, { force: true })
  return listening(address)
}

function answers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address)
    socket.once('error', () => resolve(false))
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
}
