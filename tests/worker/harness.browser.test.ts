import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { browsersUnderTest, launchBrowser, type TestBrowser } from '../support/browsers.ts'
import { connectPages } from '../support/connect-pages.ts'
import { servePages, type PageServer } from '../support/test-pages.ts'

let pages: PageServer
const browsers: TestBrowser[] = []

beforeAll(async () => {
  pages = await servePages()
  for (const name of browsersUnderTest) browsers.push(await launchBrowser(name))
})

afterAll(async () => {
  for (const browser of browsers) await browser.close()
  await pages.close()
})

const open = (name: string) =>
  browsers.find((browser) => browser.name === name)!.newPage(`${pages.origin}/blank.html`)

describe.each(browsersUnderTest)('%s', (name) => {
  test('a built page and its module worker run cross-origin isolated', async () => {
    const page = await open(name)

    const answer = await page.evaluate(`echo({ isolated: crossOriginIsolated })`)

    expect(answer).toEqual({ isolated: true })
    await page.close()
  })

  test('a file of the origin private file system can be truncated', async () => {
    const page = await open(name)

    const size = await page.evaluate(() => {
      const script = `(async () => {
        const folder = await navigator.storage.getDirectory()
        const file = await folder.getFileHandle('truncated', { create: true })
        const handle = await file.createSyncAccessHandle()
        handle.write(new Uint8Array(1000))
        handle.truncate(10)
        postMessage(handle.getSize())
        handle.close()
      })()`
      const worker = new Worker(URL.createObjectURL(new Blob([script])))
      return new Promise((resolve) =>
        worker.addEventListener('message', (event) => resolve(event.data), { once: true }),
      )
    })

    expect(size).toBe(10)
    await page.close()
  })

  test('errors of a page and of its worker are collected', async () => {
    const browser = await launchBrowser(name)
    const page = await browser.newPage(`${pages.origin}/blank.html`)

    await page.evaluate(() => {
      console.error('written to the console')
      setTimeout(() => {
        throw new Error('thrown in the page')
      })
      const script = `console.error('written in a worker'); throw new Error('thrown in a worker')`
      const worker = new Worker(URL.createObjectURL(new Blob([script])))
      return new Promise((resolve) => worker.addEventListener('error', resolve, { once: true }))
    })

    await expect
      .poll(() => browser.pageErrors.join('\n'))
      .toSatisfy((errors: string) =>
        [
          'written to the console',
          'thrown in the page',
          'written in a worker',
          'thrown in a worker',
        ].every((text) => errors.includes(text)),
      )
    await browser.close()
  })
})

const pairs = browsersUnderTest.flatMap((one, index) =>
  browsersUnderTest.slice(index).map((other) => [one, other] as const),
)

test.each(pairs)('%s and %s open a data channel over loopback without STUN', async (one, other) => {
  const [caller, callee] = [await open(one), await open(other)]

  const received = await connectPages(caller, callee)

  expect(received).toBe('over the channel')
  await caller.close()
  await callee.close()
})
