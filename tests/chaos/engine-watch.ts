import type { Page } from 'puppeteer-core'
import type { TestBrowser } from '../support/browsers.ts'

declare global {
  var engineWatch: { most: number; readonly seen: Set<string> }
}

/** A tab that takes no part and counts the engines of the origin by the locks their threads hold. */
export interface EngineWatch {
  /** Engines that were alive at one moment, at most, and how many there were in all. */
  result(): Promise<{ readonly most: number; readonly seen: number }>
}

/** `url` is of the origin, and of a page without an engine. */
export async function watchEngines(browser: TestBrowser, url: string): Promise<EngineWatch> {
  const page: Page = await browser.newPage(url)
  await page.evaluate(() => {
    globalThis.engineWatch = { most: 0, seen: new Set() }
    const look = async () => {
      const { held = [] } = await navigator.locks.query()
      // Shared is held by those who waited for an engine's end.
      const alive = held.flatMap(({ name = '', mode }) =>
        mode === 'exclusive' && /^chiral-engine-[\da-f]{8}-[\da-f-]{27}$/.test(name) ? name : [],
      )
      engineWatch.most = Math.max(engineWatch.most, alive.length)
      for (const name of alive) engineWatch.seen.add(name)
      setTimeout(() => void look(), 5)
    }
    void look()
  })
  return {
    result: () => page.evaluate(() => ({ most: engineWatch.most, seen: engineWatch.seen.size })),
  }
}
