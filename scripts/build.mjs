/** `npm run build`: builds the app into `dist/`, whether or not it is up to date. */
import { buildApp } from './lib/build-app.mjs'
import { ensureDependencies } from './lib/ensure-dependencies.mjs'
import { ensureNode } from './lib/ensure-node.mjs'
import { exitWith } from './lib/run.mjs'

try {
  await ensureNode()
  await ensureDependencies()
  await buildApp({ force: true })
  console.log('Built into dist/')
} catch (thrown) {
  exitWith(thrown)
}
