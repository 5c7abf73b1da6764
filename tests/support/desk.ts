import { createHash, randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'

/** A folder with files of a person's own, outside every browser. */
export interface Desk {
  readonly folder: string
  /** Writes a file of random bytes; folders in the path are made. */
  put(path: string, length: number): Promise<DeskFile>
  clear(): Promise<void>
}

export interface DeskFile {
  readonly name: string
  /** Where it lies, absolute. */
  readonly path: string
  readonly length: number
  readonly sha256: string
}

export async function makeDesk(): Promise<Desk> {
  const folder = await mkdtemp(join(tmpdir(), 'chiral-desk-'))
  return {
    folder,
    async put(path, length) {
      const bytes = randomBytes(length)
      const whole = join(folder, path)
      await mkdir(dirname(whole), { recursive: true })
      await writeFile(whole, bytes)
      return { name: basename(path), path: whole, length, sha256: sha256Of(bytes) }
    },
    clear: () => rm(folder, { recursive: true, force: true }),
  }
}

export async function sha256OfFile(path: string): Promise<string> {
  return sha256Of(await readFile(path))
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
