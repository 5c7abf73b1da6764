import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { EngineError } from '../../../src/engine/model/errors.ts'
import { err, ok, type Result } from '../../../src/engine/model/result.ts'
import type { NoticeText } from '../../../src/ui/components/notices.tsx'
import { en } from '../../../src/ui/i18n/en.ts'
import { makeRemoval } from '../../../src/ui/state/removal.ts'
import { answersWith } from '../../support/engine-answers.ts'
import { anInfoHash, aTorrent } from '../../support/a-torrent.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const done = async (): Promise<Result<null, EngineError>> => ok(null)
const signal = new AbortController().signal

/** A page of which only the calls and the notices are there to see. */
function aPage({ remove = done, restore = done } = {}) {
  const said: NoticeText[] = []
  const dismissed: string[] = []
  const asked: string[] = []
  const answers = answersWith({
    async 'torrent.remove'({ infoHash, deleteData, undo }) {
      asked.push(`remove ${infoHash[0]} ${deleteData} ${undo}`)
      return remove()
    },
    async 'torrent.restore'({ infoHash }) {
      asked.push(`restore ${infoHash[0]}`)
      return restore()
    },
  })
  const removal = makeRemoval({
    client: {
      call: (name, args) => answers[name](args, signal, () => {}),
      onNotice: () => () => undefined,
    },
    notices: {
      show(notice) {
        said.push(notice)
        return () => dismissed.push(notice.text)
      },
      begun: () => true,
    },
    words: en,
    onRemoved: () => undefined,
  })
  return { removal, said, dismissed, asked }
}

const settled = () => vi.advanceTimersByTimeAsync(0)

test('a removal asks nothing, and its notice offers to take it back for ten seconds', async () => {
  const { removal, said, asked } = aPage()

  await removal.remove(aTorrent({ name: 'Album' }))
  said[0]?.action?.run()
  await settled()

  expect(asked).toEqual(['remove a true true', 'restore a'])
  expect(said[0]).toMatchObject({ text: 'Removed Album.', until: Date.now() + 10_000 })
  expect(said[1]?.text).toBe('Album is back.')
})

test('undo takes back the latest removal first, and its notice goes', async () => {
  const { removal, dismissed, asked } = aPage()
  await removal.remove(aTorrent({ name: 'Album' }))
  await removal.remove(aTorrent({ name: 'Film', infoHash: anInfoHash('b') }))

  const undone = [removal.undo(), removal.undo(), removal.undo()]

  expect(undone).toEqual([true, true, false])
  expect(asked.slice(2)).toEqual(['restore b', 'restore a'])
  expect(dismissed).toEqual(['Removed Film.', 'Removed Album.'])
})

test('after ten seconds there is nothing to undo', async () => {
  const { removal } = aPage()
  await removal.remove(aTorrent())

  await vi.advanceTimersByTimeAsync(10_000)

  expect(removal.undo()).toBe(false)
})

test('a moment too late is said, and so is a removal that did not work', async () => {
  const late = aPage({ restore: async () => err({ kind: 'input/unknown-torrent' }) })
  await late.removal.remove(aTorrent({ name: 'Album' }))
  late.removal.undo()
  await settled()
  const refused = aPage({ remove: async () => err({ kind: 'storage/newer' }) })
  await refused.removal.remove(aTorrent({ name: 'Album' }))

  expect(late.said[1]?.text).toBe('It is too late to bring back Album.')
  expect(refused.said[0]?.text).toBe(`Album: ${en.errors.newer}`)
  expect(refused.removal.undo()).toBe(false)
})
