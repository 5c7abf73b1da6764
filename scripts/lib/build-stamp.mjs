import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * A digest of the names and contents of files: two trees with the same digest build to the same
 * thing. Contents and not times, because a clone, a checkout and a copy all touch times.
 *
 * @param {string} root
 * @param {readonly string[]} paths - Files and folders below `root`; missing ones count as empty.
 */
export function digestOf(root, paths) {
  const digest = createHash('sha256')
  for (const path of paths.flatMap((path) => filesIn(root, path)).sort()) {
    const content = readFileSync(join(root, path))
    digest.update(`${path}\0${content.length}\0`).update(content)
  }
  return digest.digest('hex')
}

/**
 * Whether `product` is still what was built from sources with this digest. A product written by
 * someone else since then (its time differs) is not trusted.
 *
 * @param {string} stampFile
 * @param {string} digest
 * @param {string} product - A file that every build writes.
 */
export function isFresh(stampFile, digest, product) {
  try {
    return readFileSync(stampFile, 'utf8') === stampText(digest, product)
  } catch {
    return false
  }
}

/**
 * Remembers that `product` was just built from sources with this digest.
 *
 * @param {string} stampFile
 * @param {string} digest
 * @param {string} product
 */
export function writeStamp(stampFile, digest, product) {
  mkdirSync(dirname(stampFile), { recursive: true })
  writeFileSync(stampFile, stampText(digest, product))
}

/**
 * @param {string} digest
 * @param {string} product
 */
function stampText(digest, product) {
  return `${digest}\n${statSync(product).mtimeMs}\n`
}

/**
 * @param {string} root
 * @param {string} path
 * @returns {string[]}
 */
function filesIn(root, path) {
  const stat = statSync(join(root, path), { throwIfNoEntry: false })
  if (stat === undefined) return []
  if (!stat.isDirectory()) return [path]
  return readdirSync(join(root, path)).flatMap((name) => filesIn(root, join(path, name)))
}
