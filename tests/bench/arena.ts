import { startRelay } from '../../relay/relay.ts'
import { launchBrowser, type TestBrowser } from '../support/browsers.ts'
import { serveApp, type AppServer } from '../support/serve-app.ts'
import { servePages, type PageServer } from '../support/test-pages.ts'

/** Two browsers with a profile each, so two renderers, and what serves their pages. */
export interface Arena {
  readonly app: AppServer
  /** Another build of the app, when there is one to compare with. */
  readonly before: Pick<AppServer, 'url' | 'close'> | null
  readonly pages: PageServer
  readonly seeder: TestBrowser
  readonly leecher: TestBrowser
  close(): Promise<void>
}

/** `before` is the `dist` folder of another build of the app. */
export async function openArena(before: string | null = null): Promise<Arena> {
  const app = await serveApp()
  const other = before === null ? null : await serveBuild(before)
  const pages = await servePages()
  const seeder = await launchBrowser('chromium')
  const leecher = await launchBrowser('chromium')
  return {
    app,
    before: other,
    pages,
    seeder,
    leecher,
    async close() {
      await Promise.all([seeder.close(), leecher.close()])
      await pages.close()
      await other?.close()
      await app.close()
    },
  }
}

async function serveBuild(appFolder: string): Promise<Pick<AppServer, 'url' | 'close'>> {
  const relay = await startRelay({ host: '127.0.0.1', port: 0, appFolder, logLevel: 'warn' })
  return { url: `${relay.url}/`, close: () => relay.close() }
}
