import { expect, test } from 'vitest'
import { openApp } from '../support/app-page.ts'
import { launchBrowser } from '../support/browsers.ts'
import { serveApp } from '../support/serve-app.ts'

const LENGTH = 6_000_000
/** Slow enough that the seeder is looked at while something is still only there. */
const SLOW = 1_500_000

test('a seeder is told what only it has, while it gives, after, and once they are gone', async () => {
  const app = await serveApp()
  const [one, other] = await Promise.all([launchBrowser('chromium'), launchBrowser('chromium')])
  const seeder = await openApp(one, app.url)
  const leecher = await openApp(other, app.url)
  await leecher.page.evaluate((rate) => window.chiral.configure({ downLimit: rate }), SLOW)

  const { infoHash, magnet } = await seeder.seedBytes('only-here.bin', LENGTH)
  const alone = await seeder.until(infoHash, 'only-here')
  await leecher.add(magnet)
  await leecher.until(infoHash, 'has-pieces')
  const giving = await seeder.snapshot(infoHash)
  const safe = await seeder.until(infoHash, 'safe')
  const receiver = await leecher.until(infoHash, 'seeding')
  await leecher.close()
  const again = await seeder.until(infoHash, 'only-here')

  expect(alone.others).toEqual({ complete: 0, onlyHere: LENGTH })
  expect(giving?.others?.complete).toBe(0)
  expect(giving?.others?.onlyHere).toBeGreaterThan(0)
  expect(safe.others).toEqual({ complete: 1, onlyHere: 0 })
  expect(receiver.haveBytes).toBe(LENGTH)
  expect(again.others).toEqual({ complete: 0, onlyHere: LENGTH })
  await Promise.all([one.close(), other.close()])
  await app.close()
})
