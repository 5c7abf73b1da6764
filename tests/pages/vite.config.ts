import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import app from '../../vite.config.ts'

const here = fileURLToPath(new URL('.', import.meta.url))
const name = process.env['CHIRAL_TEST_PAGE'] ?? 'blank'

/**
 * Builds one page of this folder the way the app is built. One page at a time, so that a page
 * that does not build fails its own tests and nobody else's. `tests/support/test-pages.ts` calls it.
 */
export default defineConfig({
  plugins: app.plugins ?? [],
  define: { __CHIRAL_BUILD__: JSON.stringify('test') },
  resolve: app.resolve ?? {},
  worker: app.worker ?? {},
  root: here,
  base: './',
  publicDir: false,
  build: {
    target: 'esnext',
    sourcemap: 'inline',
    minify: false,
    modulePreload: false,
    outDir: '../../.cache/test-pages',
    emptyOutDir: false,
    assetsDir: `assets/${name}`,
    rolldownOptions: { input: `${here}${name}.html` },
  },
})
