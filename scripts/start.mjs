/**
 * `npm start`: from a fresh clone to a running relay that serves the app. Does only what is still
 * to be done, and passes its flags on to the relay (`npm start -- --help`).
 */
import { buildApp } from './lib/build-app.mjs'
import { ensureDependencies } from './lib/ensure-dependencies.mjs'
import { ensureNode } from './lib/ensure-node.mjs'
import { exitWith, ROOT } from './lib/run.mjs'
import { stopWithParent } from './lib/stop-with-parent.mjs'

try {
  stopWithParent()
  process.chdir(ROOT)
  await ensureNode()
  await ensureDependencies()
  if (!process.argv.includes('--help')) {
    await buildApp({ onBuild: () => console.log('Building the app …') })
  }
} catch (thrown) {
  exitWith(thrown)
}

// In this process: nothing is left in between to pass signals on.
await import('../relay/main.ts')
