import type { Page } from 'puppeteer-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { HandleToAsk } from '../../src/engine/model/torrent.ts'
import type { Doors } from '../pages/engine-doors.ts'
import { browsersUnderTest, launchBrowser, type TestBrowser } from '../support/browsers.ts'
import { servePages, type PageServer } from '../support/test-pages.ts'

declare global {
  var doors: Doors
}

const torrent = { infoHash: 'a'.repeat(40) }
const lost = { ok: false, error: { kind: 'engine/lost' } }

describe.each(browsersUnderTest)('a tab that another serves in %s', (name) => {
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

  /** Opens a tab whose engine, should it have one, behaves so. */
  const open = async (worker = 'engine') => {
    const tab = await browser.newPage(`${server.origin}/engine-doors.html?worker=${worker}`)
    tabs.push(tab)
    return tab
  }
  const until = (tab: Page, phase: string, times = 1) =>
    tab.evaluate((phase, times) => doors.until(phase, times), phase, times)
  const untilListed = (tab: Page, letters: string) =>
    tab.evaluate((letters) => doors.untilListed(letters), letters)
  const openTwo = async (worker = 'engine') => {
    const holder = await open()
    await until(holder, 'running')
    const guest = await open(worker)
    await until(guest, 'running')
    return { holder, guest }
  }

  test('a tab that comes has the list, and what one tab does both see', async () => {
    const { holder, guest } = await openTwo()
    const listed = await guest.evaluate(() => doors.torrents())

    await guest.evaluate((torrent) => doors.call('torrent.remove', torrent), torrent)

    expect(listed).toBe('a')
    await Promise.all([untilListed(holder, ''), untilListed(guest, '')])
  })

  test('files go to the engine and come back from it', async () => {
    const { guest } = await openTwo()

    const answers = await guest.evaluate(async (torrent) => {
      const folder = await navigator.storage.getDirectory()
      const handle = await folder.getFileHandle('picked.txt', { create: true })
      const writable = await handle.createWritable()
      await writable.write('picked')
      await writable.close()
      const files = [
        { path: 'dropped.txt', file: new File(['dropped'], 'dropped.txt') },
        { path: 'picked.txt', file: new File([], 'picked.txt'), handle },
      ]

      const seeded = await doors.call('torrent.seed', { id: 'one', files, options: {} })
      const exported = await doors.call('torrent.export', { ...torrent, file: 0 })
      const handles: unknown = await doors.call('torrent.handles', torrent)
      await folder.removeEntry('picked.txt')
      return {
        // What each call answers is in the table of calls; here it came as `unknown`.
        read: (seeded as { value: { magnet: string } }).value.magnet,
        exported: await (exported as { value: File }).value.text(),
        sameFolder: await (handles as { value: [HandleToAsk] }).value[0].handle.isSameEntry(folder),
      }
    }, torrent)

    expect(answers).toEqual({
      read: 'dropped,picked',
      exported: 'what was asked for',
      sameFolder: true,
    })
  })

  test('a call it aborts is given up by the engine', async () => {
    const { holder, guest } = await openTwo()

    await guest.evaluate(() => doors.preview())
    await untilListed(holder, 'ab')
    await guest.evaluate(() => doors.abortPreview())

    await untilListed(holder, 'abc')
  })

  test('of a tab that is closed the questions are given up, and what it set going goes on', async () => {
    const { holder, guest } = await openTwo()
    await holder.evaluate(() => doors.holdBack('the seed'))
    await guest.evaluate(() => {
      doors.preview()
      const options = { comment: 'the seed' }
      void doors.call('torrent.seed', { id: 'one', files: [], options })
    })
    await untilListed(holder, 'abd')

    await guest.close()
    await untilListed(holder, 'abdc')
    await holder.evaluate(() => doors.letGo())

    await untilListed(holder, 'abdce')
  })

  test('it cannot stop the engine of all', async () => {
    const { holder, guest } = await openTwo()

    const stopped = await guest.evaluate(() => doors.call('engine.stop', null))

    expect(stopped).toEqual({ ok: false, error: { kind: 'engine/held-elsewhere' } })
    expect(await holder.evaluate(() => doors.call('settings.get', null))).toMatchObject({
      ok: true,
    })
  })

  test('when the engine goes, a question is asked of the next, and a command is answered lost', async () => {
    const { holder, guest } = await openTwo('prompt')
    await guest.evaluate((torrent) => {
      doors.ask('torrent.magnet', torrent)
      doors.ask('torrent.add', { source: 'magnet:?', options: {} })
      // Its mark in the list says that what was asked before has arrived, too.
      doors.preview()
    }, torrent)
    await untilListed(guest, 'ab')

    await holder.close()

    expect(await guest.evaluate(() => doors.answers())).toEqual([
      { ok: true, value: 'magnet:?prompt' },
      lost,
    ])
  })

  test('a third tab is served by the first, and by the second when that has taken over', async () => {
    const { holder, guest } = await openTwo()
    const third = await open()
    await until(third, 'running')

    await holder.close()
    await Promise.all([until(guest, 'running', 2), until(third, 'running', 2)])

    const workers = (tab: Page) => tab.evaluate(() => doors.workers())
    expect([await workers(guest), await workers(third)].sort()).toEqual([0, 1])
    for (const tab of [guest, third]) {
      expect(await tab.evaluate(() => doors.call('settings.get', null))).toMatchObject({ ok: true })
    }
  })

  test('an engine of another build does not serve it, and it has its own when that is gone', async () => {
    const holder = await open('older')
    await until(holder, 'running')
    const guest = await open()
    await until(guest, 'failed')
    const refused = await guest.evaluate(() => doors.call('settings.get', null))

    await holder.close()
    await until(guest, 'running')

    const error = { kind: 'engine/version', worker: 'of yesterday' }
    expect(refused).toMatchObject({ ok: false, error })
    expect(await guest.evaluate(() => doors.workers())).toBe(1)
  })

  test('an engine that hangs is ended by its tab and started again, and all tabs have that one', async () => {
    const { holder, guest } = await openTwo()

    await guest.evaluate((torrent) => doors.ask('storage.reclaim', torrent), torrent)
    await Promise.all([until(holder, 'running', 2), until(guest, 'running', 2)])

    const workers = (tab: Page) => tab.evaluate(() => doors.workers())
    expect([await workers(holder), await workers(guest)]).toEqual([2, 0])
    expect(await guest.evaluate(() => doors.answers())).toEqual([lost])
    await guest.evaluate((torrent) => doors.call('torrent.remove', torrent), torrent)
    await untilListed(holder, '')
  })

  // Firefox gives the pages of one site one thread.
  test.runIf(name === 'chromium')(
    'a tab whose page hangs with its engine is said to be in the way, and is not robbed',
    async () => {
      const { holder, guest } = await openTwo()
      await guest.evaluate((torrent) => doors.ask('storage.reclaim', torrent), torrent)
      holder
        .evaluate(() => {
          for (;;);
        })
        .catch(() => undefined) // it ends with the tab

      await until(guest, 'waiting')
      const workersMeanwhile = await guest.evaluate(() => doors.workers())
      await holder.close()
      await until(guest, 'running', 2)

      expect(workersMeanwhile).toBe(0)
      expect(await guest.evaluate(() => doors.workers())).toBe(1)
    },
  )

  test.runIf(name === 'chromium')(
    'a frozen tab lets go of its engine at once, and is served by the next when it wakes',
    async () => {
      const { holder, guest } = await openTwo()
      const session = await holder.createCDPSession()

      await session.send('Page.setWebLifecycleState', { state: 'frozen' })
      await until(guest, 'running', 2)
      await session.send('Page.setWebLifecycleState', { state: 'active' })
      await until(holder, 'running', 2)

      const workers = (tab: Page) => tab.evaluate(() => doors.workers())
      expect([await workers(holder), await workers(guest)]).toEqual([1, 1])
      await guest.evaluate((torrent) => doors.call('torrent.remove', torrent), torrent)
      await untilListed(holder, '')
    },
  )
})
