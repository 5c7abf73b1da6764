import type { Page } from 'puppeteer-core'

/** What kept a page's main thread for more than 50 ms at a time (Long Tasks API). */
export interface LongTasks {
  readonly count: number
  /** In milliseconds. */
  readonly longest: number
  readonly total: number
}

declare global {
  interface Window {
    longTasks?: { readonly durations: number[]; readonly observer: PerformanceObserver }
  }
}

/** Forgets what was seen before. */
export async function watchLongTasks(page: Page): Promise<void> {
  await page.evaluate(() => {
    window.longTasks?.observer.disconnect()
    const durations: number[] = []
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) durations.push(duration)
    })
    observer.observe({ type: 'longtask' })
    window.longTasks = { durations, observer }
  })
}

export async function seenLongTasks(page: Page): Promise<LongTasks> {
  const durations = await page.evaluate(() => {
    for (const { duration } of window.longTasks?.observer.takeRecords() ?? []) {
      window.longTasks?.durations.push(duration)
    }
    return window.longTasks?.durations ?? []
  })
  return {
    count: durations.length,
    longest: Math.round(Math.max(0, ...durations)),
    total: Math.round(durations.reduce((sum, duration) => sum + duration, 0)),
  }
}
