/** The three functions of Node's `path` that WebTorrent calls, for `/` alone. */
export const sep = '/'

export function join(...parts: string[]): string {
  return parts
    .filter((part) => part !== '')
    .join('/')
    .replace(/\/{2,}/g, '/')
}

export function dirname(path: string): string {
  const end = path.lastIndexOf('/')
  return end <= 0 ? (end === 0 ? '/' : '.') : path.slice(0, end)
}

export function basename(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

export default { sep, join, dirname, basename }
