import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

/** Who may import whom: zones (the longest matching folder wins) or single files. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'src/engine/model': [],
  'src/engine/contracts': ['src/engine/model'],
  'src/engine': ['src/engine/model', 'src/engine/contracts'],
  'src/engine/adapters': ['src/engine/model', 'src/engine/contracts', 'src/engine'],
  'src/workers/protocol': ['src/engine/model'],
  'src/workers/page': ['src/engine/model', 'src/workers/protocol'],
  'src/workers/worker': [
    'src/engine/model',
    'src/engine/contracts',
    'src/engine',
    'src/workers/protocol',
  ],
  'src/workers/saver': [
    'src/engine/model',
    'src/engine',
    'src/engine/adapters',
    'src/workers/protocol',
  ],
  'src/workers/service': ['src/engine/model', 'src/workers/protocol'],
  'src/workers': [
    'src/engine/model',
    'src/engine/contracts',
    'src/engine',
    'src/engine/adapters',
    'src/workers/protocol',
    'src/workers/worker',
    'src/workers/saver',
    'src/workers/service',
  ],
  'src/ui': ['src/engine/model', 'src/workers/protocol'],
  src: ['src/engine/model', 'src/workers', 'src/workers/protocol', 'src/workers/page', 'src/ui'],
  relay: ['src/engine/model/overlay-ids.ts'],
}

/** Packages that only some folders may know. */
const ONLY_IN: Readonly<Record<string, readonly string[]>> = {
  webtorrent: ['src/engine/adapters'],
  idb: ['src/engine/adapters'],
  'client-zip': ['src/engine/adapters'],
  libp2p: ['src/engine/adapters', 'relay'],
  ws: ['relay'],
  'solid-js': ['src/ui', 'src'],
}

const zones = Object.keys(MAY_IMPORT).sort((a, b) => b.length - a.length)
const zoneOf = (file: string) => zones.find((zone) => file.startsWith(`${zone}/`))
const importsOf = (file: string) =>
  [...readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)].map(
    (match) => match[1]!,
  )

const files = ['src', 'relay'].flatMap((root) =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => join(root, path)),
)

test('no file imports a zone it may not know', () => {
  const violations = files.flatMap((file) => {
    const zone = zoneOf(file)!
    return importsOf(file)
      .filter((specifier) => specifier.startsWith('.'))
      .map((specifier) => join(dirname(file), specifier))
      .filter((target) => {
        const targetZone = zoneOf(target) ?? 'nowhere'
        const allowed = MAY_IMPORT[zone]!
        return targetZone !== zone && !allowed.includes(targetZone) && !allowed.includes(target)
      })
      .map((target) => `${file} → ${target}`)
  })

  expect(violations).toEqual([])
})

test('a vendor is known to its own folders only', () => {
  const violations = files.flatMap((file) =>
    importsOf(file)
      .filter((specifier) => !specifier.startsWith('.'))
      .filter((specifier) => {
        const home = ONLY_IN[specifier.replace(/^@libp2p\/.*/, 'libp2p').split('/')[0]!]
        return home !== undefined && !home.includes(zoneOf(file)!)
      })
      .map((specifier) => `${file} → ${specifier}`),
  )

  expect(violations).toEqual([])
})

test('only the doors post messages', () => {
  const violations = files.filter(
    (file) =>
      !file.startsWith('src/workers/') && /\bpostMessage\s*\(/.test(readFileSync(file, 'utf8')),
  )

  expect(violations).toEqual([])
})

test('a README names only files that exist', () => {
  const readmes = ['README.md', 'src/engine/README.md', 'src/workers/README.md', 'relay/README.md']
  const missing = readmes.filter(existsSync).flatMap((readme) =>
    [...readFileSync(readme, 'utf8').matchAll(/`((?:src|relay|tests|scripts|public)\/[\w./-]+)`/g)]
      .map((match) => match[1]!)
      .filter((path) => !existsSync(path))
      .map((path) => `${readme}: ${path}`),
  )

  expect(missing).toEqual([])
})
