import { afterAll, beforeAll, expect, test } from 'vitest'
import { KIB, MIB } from '../../src/engine/model/units.ts'
import { makeDevice } from '../chaos/device.ts'
import { startHonestSource } from '../chaos/honest-source.ts'
import { openApp } from '../support/app-page.ts'
import { launchBrowser } from '../support/browsers.ts'
import { aTorrent } from '../support/metainfo-fixtures.ts'
import { serveApp, type AppServer } from '../support/serve-app.ts'

let app: AppServer

beforeAll(async () => {
  app = await serveApp()
})
afterAll(() => app.close())

test('what a seed lost, and has again, it gives to a peer that was told so meanwhile', async () => {
  const torrent = await aTorrent({ 'large.bin': 3 * MIB }, { pieceLength: 64 * KIB })
  const { infoHash } = torrent.metainfo
  const source = await startHonestSource(torrent)
  const [device, other] = [await makeDevice(app.url), await launchBrowser('chromium')]
  const first = await device.app()
  await first.add(torrent.torrentFile, { webSeeds: [source.url], trackers: [app.tracker] })
  await first.until(infoHash, 'seeding')
  await first.close()
  const bare = await device.bare()
  await bare.evaluate(async (infoHash) => {
    while ((await navigator.locks.query()).held?.length !== 0);
    const root = await navigator.storage.getDirectory()
    const torrents = await root.getDirectoryHandle('torrents-v1')
    const folder = await torrents.getDirectoryHandle(infoHash)
    const handle = await folder.getFileHandle('0')
    const writable = await handle.createWritable({ keepExistingData: true })
    const zeros = new Uint8Array(60_000)
    await writable.write({ type: 'write', position: 383_761, data: zeros })
    await writable.close()
  }, infoHash)
  await bare.close()

  const seed = await device.app()
  await seed.until(infoHash, 'seeding')
  const peer = await openApp(other, `${app.url}?storage=memory`)
  await peer.add(torrent.torrentFile, { trackers: [app.tracker], webSeeds: [] })
  const done = await peer.until(infoHash, 'seeding')
  await other.close()
  await device.discard()
  await source.close()

  expect(done.downBytes).toBe(3 * MIB)
})
