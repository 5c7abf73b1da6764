import { expect, test } from 'vitest'
import { ok } from '../../../src/engine/model/result.ts'
import type { FileEntry } from '../../../src/engine/model/torrent.ts'
import { createSaveFlow, savableFiles } from '../../../src/ui/state/save-flow.ts'
import type { SaveOut, SavePlace } from '../../../src/workers/protocol/save-out.ts'
import { aTorrent } from '../../support/a-torrent.ts'

const entry = (index: number, change: Partial<FileEntry> = {}): FileEntry => ({
  index,
  path: `Album/${index}`,
  length: 10,
  haveBytes: 10,
  wanted: true,
  priority: 'normal',
  ...change,
})

test('only files that are wanted and whole may leave; an empty one is whole', () => {
  const files = [
    entry(0),
    entry(1, { haveBytes: 9 }),
    entry(2, { wanted: false }),
    entry(3, { length: 0, haveBytes: 0 }),
  ]

  expect(savableFiles(files).map(({ index }) => index)).toEqual([0, 3])
})

test('a saving is shown while it lasts, once for a torrent, and said when it is done', async () => {
  const torrent = aTorrent({ name: 'Album' })
  const end = Promise.withResolvers<void>()
  const orders: string[] = []
  const saved: SavePlace[] = []
  const saving = createSaveFlow({
    saveOut: saveOutOf(async (order, _place, { onProgress }) => {
      orders.push(order.name)
      onProgress(5)
      await end.promise
      return ok()
    }),
    onSaved: (_, place) => saved.push(place),
    onFailed: () => expect.unreachable(),
  })

  saving.start(torrent, [entry(0), entry(1)], 'zip')
  saving.start(torrent, [entry(0), entry(1)], 'zip')
  await expect
    .poll(() => saving.running(torrent.infoHash))
    .toEqual({ doneBytes: 5, totalBytes: 20, checking: null })
  expect([saving.isBusy(), orders]).toEqual([true, ['Album']])
  end.resolve()

  await expect.poll(() => saved).toEqual([{ kind: 'download' }])
  expect([saving.isBusy(), saving.running(torrent.infoHash)]).toEqual([false, null])
})

test('what was cancelled is over without a word', async () => {
  const torrent = aTorrent()
  const saving = createSaveFlow({
    saveOut: saveOutOf((_order, _place, { signal }) => {
      return new Promise((_, reject) => {
        // The reason of an abort is an error unless somebody chose otherwise.
        signal.addEventListener('abort', () => reject(signal.reason as Error))
      })
    }),
    onSaved: () => expect.unreachable(),
    onFailed: () => expect.unreachable(),
  })
  saving.start(torrent, [entry(0)], 'zip')
  await expect.poll(() => saving.running(torrent.infoHash)).not.toBeNull()

  saving.cancel(torrent.infoHash)

  await expect.poll(() => saving.isBusy()).toBe(false)
})

function saveOutOf(save: SaveOut['save']): SaveOut {
  return { folders: true, choose: async () => ({ kind: 'download' }), save }
}
