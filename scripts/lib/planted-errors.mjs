import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './run.mjs'

/**
 * One error for each zone, and the rule that must find it. A linter whose patterns match no file
 * is content with everything; so each zone's first file is linted once with an error in its place.
 */
const PLANTED = [
  ...[
    'src/engine',
    'src/engine/model',
    'src/engine/contracts',
    'src/engine/adapters',
    'src/workers',
    'src/workers/protocol',
    'src/workers/page',
    'src/workers/worker',
    'relay',
  ].flatMap((folder) => [
    { folder, ending: '.ts', rule: 'no-console', text: `console.log('planted')\n` },
    {
      folder,
      ending: '.ts',
      rule: '@typescript-eslint/no-floating-promises',
      text: `Promise.resolve()\n`,
    },
  ]),
  {
    folder: 'src/ui',
    ending: '.tsx',
    rule: 'solid/no-destructure',
    text: `export const Planted = ({ name }: { name: string }) => <p>{name}</p>\n`,
  },
  {
    folder: 'src',
    ending: '.tsx',
    rule: '@typescript-eslint/no-floating-promises',
    text: `Promise.resolve()\n`,
  },
  {
    folder: 'tests',
    ending: '.ts',
    rule: '@typescript-eslint/no-floating-promises',
    text: `Promise.resolve()\n`,
  },
  {
    folder: 'scripts',
    ending: '.mjs',
    rule: '@typescript-eslint/no-floating-promises',
    text: `Promise.resolve()\n`,
  },
]

/**
 * Lints every planted error.
 *
 * @returns {Promise<readonly string[]>} One sentence for each that was not found. A zone without
 *   files is one of them.
 */
export async function unnoticedErrors() {
  const { ESLint } = await import('eslint')
  const eslint = new ESLint({
    cwd: ROOT,
    overrideConfig: {
      // Else typescript-eslint reads the file from disk in CI, instead of the text it is given.
      languageOptions: { parserOptions: { disallowAutomaticSingleRunInference: true } },
    },
  })

  const unnoticed = []
  for (const { folder, ending, rule, text } of PLANTED) {
    const filePath = firstFile(folder, ending)
    if (filePath === undefined) {
      unnoticed.push(`There is no ${ending} file in ${folder} to plant an error in.`)
      continue
    }
    const [result] = await eslint.lintText(text, { filePath })
    if (!result?.messages.some((message) => message.ruleId === rule && message.severity === 2)) {
      unnoticed.push(`ESLint did not notice an error of ${rule} planted in ${folder}.`)
    }
  }
  return unnoticed
}

/**
 * The first file straight in a folder, or else somewhere below it. Not `log.ts`: it may print.
 *
 * @param {string} folder
 * @param {string} ending
 */
function firstFile(folder, ending) {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending) && !/(\.d|log)\.ts$/.test(path))
    .sort((a, b) => a.split('/').length - b.split('/').length || a.localeCompare(b))
    .map((path) => join(ROOT, folder, path))[0]
}
