/**
 * `npm run bench`: how fast and how lean, beside a reference measured in the same run. It reports
 * and never fails on a figure: machines differ and other work disturbs, ratios less than rates.
 *
 *   --only lan       the default: a raw data channel, ours and stock WebTorrent, in turns
 *   --only big       one file of 3 GiB (`--size`), and the memory of the tabs while it passes
 *   --only hash      making a torrent of 1 GB (`--size`)
 *   --only zip       saving 4.5 GiB (`--size`) as one archive, tested by `unzip -t`
 *   --only save      10 GiB (`--size`) into a folder in Chromium, 4.5 GiB as a ZIP in Firefox
 *   --only profile   which functions of the engine take the time, for 200 MB (`--size`)
 *   --only reopen    how soon a page seeds again: 10 GiB in one torrent, and a thousand torrents
 *   --only handover  how soon another tab has the engine when its tab is closed, crashes or freezes
 *   --only hidden    the rate of a tab in the background beside that of the same tab in front
 *   --only load      scripts a page fetches before it can be used, and after
 *   --only overlay   an info hash alone to its first piece, and a relay that comes back
 *   --only relay     memory of a reservation and rate of a circuit, beside a stock libp2p relay
 *   --only private  an invite to its first piece, and a removal to the cut wire
 *   --only keyed     what entering by passphrase costs, and a thousand runs against a list of guesses
 *
 *   --rounds 3       how often each has its turn
 *   --size 100       megabytes
 *   --contenders ours,raw   of `lan`: only those whose names begin so; of `save`: one browser
 *   --before <dist>  of `lan`: another build of the app has its turns too, to compare a change
 *   --threads        of `lan`: which threads took the processor's time
 *   --memory         of `profile`: with the memory store
 *
 * Everything measured is kept in `.cache/bench/`. Wants Chromium.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureBrowsers } from './lib/ensure-browsers.mjs'
import { ensureDependencies } from './lib/ensure-dependencies.mjs'
import { ensureNode } from './lib/ensure-node.mjs'
import { CannotGoOn, exitWith, ROOT } from './lib/run.mjs'

const MB = 1_000_000
const KINDS = /** @type {const} */ ([
  'lan',
  'big',
  'hash',
  'zip',
  'save',
  'profile',
  'reopen',
  'handover',
  'hidden',
  'load',
  'overlay',
  'relay',
  'private',
  'keyed',
])

/** @typedef {typeof KINDS[number]} Kind */

try {
  process.chdir(ROOT)
  await ensureNode()
  await ensureDependencies()
  await ensureBrowsers()
  const choice = readBenchChoice()
  const startedAt = new Date().toISOString()
  const machine = { processor: cpus()[0]?.model, cores: cpus().length, loadBefore: loadavg() }
  const result = await bench(choice)
  const folder = join(ROOT, '.cache', 'bench')
  const file = join(folder, `${startedAt.replaceAll(':', '-')}-${choice.kind}.json`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(file, `${JSON.stringify({ startedAt, machine, ...choice, result }, null, 1)}\n`)
  console.log(`\nload ${loadavg()[0]?.toFixed(1)} on ${machine.cores} cores; written to ${file}`)
} catch (thrown) {
  exitWith(thrown)
}

/** @param {ReturnType<typeof readBenchChoice>} choice */
async function bench({ kind, rounds, size, contenders, before, threads, memory }) {
  switch (kind) {
    case 'lan': {
      const { benchLan } = await import('../tests/bench/lan.ts')
      return benchLan({ rounds, length: (size ?? 100) * MB, contenders, before, byThread: threads })
    }
    case 'big': {
      const { benchBigFile } = await import('../tests/bench/big-file.ts')
      return benchBigFile(size === null ? 3 * 2 ** 30 : size * MB)
    }
    case 'hash': {
      const { benchHashing } = await import('../tests/bench/hashing.ts')
      return benchHashing((size ?? 1000) * MB, rounds)
    }
    case 'zip': {
      const { benchZip } = await import('../tests/bench/zip.ts')
      return benchZip(size === null ? 4.5 * 2 ** 30 : size * MB)
    }
    case 'save': {
      const { benchSaveOut } = await import('../tests/bench/save-out.ts')
      const [folder, archive] = size === null ? [] : [size * 2 ** 20, size * 2 ** 20]
      return benchSaveOut(folder ?? 10 * 2 ** 30, contenders[0] ?? '', archive)
    }
    case 'profile': {
      const { profileDownload } = await import('../tests/bench/profile.ts')
      return profileDownload((size ?? 200) * MB, memory ? 'memory' : 'opfs')
    }
    case 'reopen': {
      const { benchReopen } = await import('../tests/bench/reopen.ts')
      return benchReopen(rounds)
    }
    case 'handover': {
      const { benchHandOver } = await import('../tests/bench/hand-over.ts')
      return benchHandOver(rounds)
    }
    case 'hidden': {
      const { benchHiddenTab } = await import('../tests/bench/hidden-tab.ts')
      return benchHiddenTab(rounds, (size ?? 200) * MB)
    }
    case 'load': {
      const { benchLoad } = await import('../tests/bench/load.ts')
      return benchLoad(rounds)
    }
    case 'overlay': {
      const { benchOverlay } = await import('../tests/bench/overlay.ts')
      return benchOverlay(rounds)
    }
    case 'relay': {
      const { benchRelay } = await import('../tests/bench/relay.ts')
      return benchRelay(rounds, 100, (size ?? 20) * MB)
    }
    case 'private': {
      const { benchPrivate } = await import('../tests/bench/private.ts')
      return benchPrivate(rounds)
    }
    case 'keyed': {
      const { benchKeyed } = await import('../tests/bench/keyed.ts')
      return benchKeyed(rounds)
    }
  }
}

function readBenchChoice() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: 'lan' },
      rounds: { type: 'string', default: '3' },
      size: { type: 'string' },
      contenders: { type: 'string', default: '' },
      before: { type: 'string' },
      threads: { type: 'boolean', default: false },
      memory: { type: 'boolean', default: false },
    },
  })
  const kind = KINDS.find((known) => known === values.only)
  if (kind === undefined) throw new CannotGoOn(`--only takes ${KINDS.join(', ')}.`)
  return {
    kind,
    rounds: wholeNumber('rounds', values.rounds),
    size: values.size === undefined ? null : wholeNumber('size', values.size),
    contenders: values.contenders.split(',').filter((name) => name !== ''),
    before: values.before ?? null,
    threads: values.threads,
    memory: values.memory,
  }
}

/** @param {string} name @param {string} text */
function wholeNumber(name, text) {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1) throw new CannotGoOn(`--${name} takes a number.`)
  return number
}
