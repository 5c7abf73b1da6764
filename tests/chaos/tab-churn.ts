import { openApp, type AppPage } from '../support/app-page.ts'
import { launchBrowser, type BrowserName } from '../support/browsers.ts'
import { serveApp } from '../support/serve-app.ts'
import { watchEngines } from './engine-watch.ts'
import { makeSeeded } from './seeded.ts'

const MB = 1_000_000

export interface ChurnChoice {
  readonly browser: BrowserName
  readonly tabs: number
  /** How often a tab is opened, or goes. */
  readonly steps: number
  readonly seed: number
  readonly log?: (line: string) => void
}

export interface ChurnResult {
  /** Engines alive at one moment, at most. */
  readonly enginesAtOnce: number
  readonly engines: number
  /** Times that something was said to be locked: another engine still had it. */
  readonly locked: number
  /** Whether every file reads as it was, in every tab that is left. */
  readonly intact: boolean
  /** After each step: until every tab was answered by an engine, in milliseconds, oldest first. */
  readonly answeredIn: readonly number[]
}

declare global {
  /** Kinds of the errors this page was told of. */
  var troubles: string[]
}

/**
 * Opens, closes, reloads, crashes and freezes tabs at random while a download is under way, and
 * looks after each step whether every tab that is there is answered.
 */
export async function churnTabs(choice: ChurnChoice): Promise<ChurnResult> {
  const { browser: name, tabs: most, steps, log = () => {} } = choice
  const random = makeSeeded(choice.seed)
  const app = await serveApp()
  const [others, browser] = [await launchBrowser(name), await launchBrowser(name)]
  try {
    const sender = await openApp(others, app.url)
    const sent = await sender.seedBytes('coming.bin', 40 * MB)
    await sender.page.evaluate((upLimit) => window.chiral.configure({ upLimit }), MB)
    const watch = await watchEngines(browser, `${app.url}icon.svg`)
    const tabs: AppPage[] = [await openTab()]
    const own = await tabs[0]!.seedBytes('own.bin', MB)
    await tabs[0]!.add(sent.magnet)

    const answeredIn: number[] = []
    let locked = 0
    for (let step = 0; step < steps; step++) {
      const opens = tabs.length === 0 || (tabs.length < most && random.below(2) === 0)
      const startedAt = performance.now()
      const way = random.one(name === 'chromium' ? [...WAYS, ...CHROMIUM_WAYS] : WAYS)
      if (opens) tabs.push(await openTab())
      else {
        const tab = random.one(tabs)
        const stays = await happen(way, tab)
        if (!stays) tabs.splice(tabs.indexOf(tab), 1)
      }
      const answers = await Promise.all(tabs.map((tab) => askAndHear(tab)))
      locked += answers.reduce((sum, troubles) => sum + troubles, 0)
      answeredIn.push(performance.now() - startedAt)
      const what = opens ? 'open' : way
      log(`${step + 1}/${steps}  ${what.padEnd(6)} ${tabs.length} tabs, ${millis(answeredIn)}`)
    }

    if (tabs.length === 0) tabs.push(await openTab())
    await sender.page.evaluate(() => window.chiral.configure({ upLimit: null }))
    const whole = await Promise.all(
      tabs.map(async (tab) => {
        await Promise.all([sent, own].map(({ infoHash }) => tab.until(infoHash, 'seeding')))
        const digests = [
          await tab.sha256(own.infoHash, 'own.bin'),
          await tab.sha256(sent.infoHash, 'coming.bin'),
        ]
        return digests[0] === own.sha256 && digests[1] === sent.sha256
      }),
    )
    const { most: enginesAtOnce, seen: engines } = await watch.result()
    return { enginesAtOnce, engines, locked, intact: whole.every(Boolean), answeredIn }
  } finally {
    await Promise.all([others.close(), browser.close()])
    await app.close()
  }

  async function openTab(): Promise<AppPage> {
    const tab = await openApp(browser, app.url)
    await listen(tab)
    return tab
  }
}

const WAYS = ['close', 'close', 'reload'] as const
const CHROMIUM_WAYS = ['crash', 'freeze'] as const
type Way = (typeof WAYS)[number] | (typeof CHROMIUM_WAYS)[number]

/** Whether the tab is still there after it. */
async function happen(way: Way, tab: AppPage): Promise<boolean> {
  const { page } = tab
  switch (way) {
    case 'close':
      await page.close()
      return false
    case 'reload':
      await page.reload()
      await page.waitForFunction(() => typeof window.chiral === 'object', { polling: 50 })
      await listen(tab)
      return true
    case 'crash': {
      const session = await page.createCDPSession()
      const crashed = new Promise((resolve) => session.once('Inspector.targetCrashed', resolve))
      await session.send('Inspector.enable')
      // Never answered: the page that would is gone.
      session.send('Page.crash').catch(() => undefined)
      await crashed
      await page.close()
      return false
    }
    case 'freeze': {
      const session = await page.createCDPSession()
      await session.send('Page.setWebLifecycleState', { state: 'frozen' })
      await session.send('Page.setWebLifecycleState', { state: 'active' })
      await session.detach()
      return true
    }
  }
}

async function listen({ page }: AppPage): Promise<void> {
  await page.evaluate(() => {
    globalThis.troubles = []
    window.chiral.on('trouble', ({ error }) => troubles.push(error.kind))
  })
}

/** Resolves when an engine has answered; with how often the tab was told that something is locked. */
function askAndHear({ page }: AppPage): Promise<number> {
  return page.evaluate(async () => {
    await window.chiral.settings()
    const stuck = window.chiral.list().filter(({ trouble }) => trouble?.kind === 'storage/locked')
    const told = troubles.splice(0).filter((kind) => kind === 'storage/locked')
    return stuck.length + told.length
  })
}

function millis(times: readonly number[]): string {
  return `answered in ${(times.at(-1) ?? NaN).toFixed(0)} ms`
}

/** The time that so much of them took at most; `share` from 0 to 1. */
export function percentile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
}
