import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'puppeteer-core'
import { expect } from 'vitest'
import type { TestBrowser } from '../support/browsers.ts'
import type { PageServer } from '../support/test-pages.ts'

export async function contractPage(browser: TestBrowser, pages: PageServer): Promise<Page> {
  return browser.newPage(`${pages.origin}/contract.html`)
}

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

/** Does one of the `VISITS` of the contract's worker, and expects nothing to go wrong in it. */
export async function visit(page: Page, name: string): Promise<void> {
  expect(await runCase(page, 'visit', name)).toBeNull()
}

/** Gives a folder for a browser's profile that outlives the browser. */
export async function withProfile(work: (profile: string) => Promise<void>): Promise<void> {
  const profile = await mkdtemp(join(tmpdir(), 'chiral-profile-'))
  try {
    await work(profile)
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }
}
