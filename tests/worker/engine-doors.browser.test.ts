import type { Page } from 'puppeteer-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Doors } from '../pages/engine-doors.ts'
import { browsersUnderTest, launchBrowser, type TestBrowser } from '../support/browsers.ts'
import { servePages, type PageServer } from '../support/test-pages.ts'

declare global {
  var doors: Doors
}

const torrent = { infoHash: 'a'.repeat(40) }
const lost = { ok: false, error: { kind: 'engine/lost' } }

describe.each(browsersUnderTest)('the doors between page and worker in %s', (name) => {
  let server: PageServer
  let browser: TestBrowser
  const tabs: Page[] = []

  beforeAll(async () => {
    server = await servePages()
    browser = await launchBrowser(name)
  })
  afterEach(async () => {
    for (const tab of tabs.splice(0)) if (!tab.isClosed()) await tab.close()
  })
  afterAll(async () => {
    await browser.close()
    await server.close()
  })

  const open = async (worker = 'engine') => {
    const tab = await browser.newPage(`${server.origin}/engine-doors.html?worker=${worker}`)
    tabs.push(tab)
    return tab
  }
  const until = (tab: Page, phase: string, times = 1) =>
    tab.evaluate((phase, times) => doors.until(phase, times), phase, times)
  const settings = (tab: Page) => tab.evaluate(() => doors.call('settings.get', null))

  test('a call made before the engine runs is answered when it does', async () => {
    const tab = await open()

    expect(await settings(tab)).toMatchObject({ ok: true, value: { uploadSlots: 7 } })
    expect(await tab.evaluate(() => doors.phases())).toEqual(['starting', 'running'])
  })

  test('a second tab is served by the engine of the first, and takes over when that is closed', async () => {
    const first = await open()
    await until(first, 'running')
    const second = await open()
    await until(second, 'running')
    const asked = await settings(second)
    const workersBefore = await second.evaluate(() => doors.workers())

    await first.close()
    await until(second, 'running', 2)

    expect(asked).toMatchObject({ ok: true, value: { uploadSlots: 7 } })
    expect(workersBefore).toBe(0)
    expect(await settings(second)).toMatchObject({ ok: true, value: { uploadSlots: 7 } })
    expect(await second.evaluate(() => doors.workers())).toBe(1)
    expect(await second.evaluate(() => doors.phases())).toEqual([
      'starting',
      'running',
      'starting',
      'running',
    ])
  })

  test('a tab that was left takes its turn again when one comes back to it', async () => {
    const first = await open()
    await until(first, 'running')
    const second = await open()
    await until(second, 'running')

    // Chromium puts the page away with its locks; what it kept there would be missed here.
    await first.goto(`${server.origin.replace('127.0.0.1', 'localhost')}/blank.html`)
    await until(second, 'running', 2)
    await first.goBack()

    expect(await settings(first)).toMatchObject({ ok: true, value: { uploadSlots: 7 } })
    expect(await second.evaluate(() => doors.workers())).toBe(1)
  })

  test('a page that is alone runs again when one comes back to it', async () => {
    const tab = await open()
    await until(tab, 'running')

    await tab.goto(`${server.origin}/blank.html`)
    await tab.goBack()

    expect(await settings(tab)).toMatchObject({ ok: true, value: { uploadSlots: 7 } })
  })

  test('when a bug ends the worker, its calls are answered and another takes its place', async () => {
    const tab = await open()
    await until(tab, 'running')

    const answers = await tab.evaluate(
      (torrent) =>
        Promise.all([doors.call('torrent.magnet', torrent), doors.call('torrent.pause', torrent)]),
      torrent,
    )
    await until(tab, 'running', 2)

    expect(answers).toEqual([lost, lost])
    expect(await settings(tab)).toMatchObject({ ok: true })
    expect(await tab.evaluate(() => doors.torrents())).toBe('a')
    expect(await tab.evaluate(() => doors.phases())).toEqual([
      'starting',
      'running',
      'starting',
      'running',
    ])
  })

  test('a worker that vanishes without a word is noticed', async () => {
    const tab = await open()
    await until(tab, 'running')

    const answer = await tab.evaluate((torrent) => doors.call('torrent.resume', torrent), torrent)
    await until(tab, 'running', 2)

    expect(answer).toEqual(lost)
    expect(await settings(tab)).toMatchObject({ ok: true })
  })

  test('an engine that is lost twice is not started a third time', async () => {
    const tab = await open()
    await until(tab, 'running')
    const die = () => tab.evaluate((torrent) => doors.call('torrent.pause', torrent), torrent)

    await die()
    await until(tab, 'running', 2)
    await die()
    await until(tab, 'failed')

    expect(await settings(tab)).toEqual(lost)
    expect(await tab.evaluate(() => doors.workers())).toBe(2)
  })

  test('a worker of another build is refused, until the next tab has an engine for both', async () => {
    const stale = await open('stale')
    await until(stale, 'failed')
    const refused = await settings(stale)

    const fresh = await open()
    await until(fresh, 'running')
    await until(stale, 'running')

    const answer = { ok: false, error: { kind: 'engine/version', worker: 'of yesterday' } }
    expect(refused).toMatchObject(answer)
    expect(await settings(stale)).toMatchObject({ ok: true })
    expect(await stale.evaluate(() => doors.workers())).toBe(1)
  })

  test('an engine that is unable to start says why, and is not tried again', async () => {
    const tab = await open('unable')
    await until(tab, 'failed')

    expect(await settings(tab)).toEqual({ ok: false, error: { kind: 'storage/locked' } })
    expect(await tab.evaluate(() => doors.workers())).toBe(1)
  })

  test('a stopped engine makes room for another tab', async () => {
    const first = await open()
    await until(first, 'running')
    const second = await open()
    await until(second, 'running')

    await first.evaluate(() => doors.stop())
    await until(second, 'running', 2)

    expect(await settings(first)).toEqual(lost)
    expect(await settings(second)).toMatchObject({ ok: true })
  })
})
