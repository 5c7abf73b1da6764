import type { Page } from 'puppeteer-core'

/** Runs a case in a worker of the page `contract.html`. Answers null, or how it was broken. */
export async function runCase(page: Page, suite: string, name: string): Promise<string | null> {
  return page.evaluate(
    (suite, name) =>
      // The page's own global, see `tests/pages/contract.ts`.
      (
        globalThis as unknown as {
          runContract(suite: string, name: string): Promise<string | null>
        }
      ).runContract(suite, name),
    suite,
    name,
  )
}
