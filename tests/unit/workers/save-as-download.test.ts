import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { EngineError } from '../../../src/engine/model/errors.ts'
import { err, ok, type Result } from '../../../src/engine/model/result.ts'
import type { FromSaver, SaveEntry } from '../../../src/workers/protocol/save.ts'
import { makeSaveServer } from '../../../src/workers/saver/serve-save.ts'
import { makeSavedDownloads } from '../../../src/workers/service/saved-downloads.ts'

/*
 * The save worker and the service worker without their threads, with a real port between them and
 * the page played by the test: `Response` and streams are Node's own.
 */

const CONTENTS = ['the first', '', 'the third, which is longer']
const ENTRIES: readonly SaveEntry[] = CONTENTS.map((content, file) => ({
  file,
  path: `Folder/file ${file}.txt`,
  length: content.length,
}))

let said: FromSaver[]
let keptAlive: number
let files: readonly Result<File, EngineError>[]

beforeEach(() => {
  said = []
  keptAlive = 0
  files = CONTENTS.map((content, file) => ok(new File([content], `${file}`)))
})

afterEach(() => vi.useRealTimers())

test('the browser gets an archive of the length it was told, with every file in it', async () => {
  const { answer } = await anOfferedDownload()

  const response = answer()
  const bytes = new Uint8Array(await response.arrayBuffer())

  expect(String(bytes.length)).toBe(response.headers.get('content-length'))
  expect(filesInZip(bytes)).toEqual(
    Object.fromEntries(CONTENTS.map((content, file) => [`Folder/file ${file}.txt`, content])),
  )
  await expect.poll(() => said.at(-1)).toEqual({ type: 'done', result: { ok: true, value: null } })
})

test('the name of a download may have any letters, and the page it comes from stays isolated', async () => {
  const { answer } = await anOfferedDownload({ name: 'Ünïcode (1) 日本\'s "*".zip' })

  const { headers, body } = answer()
  await body?.cancel()

  expect(headers.get('content-disposition')).toBe(
    "attachment; filename*=UTF-8''%C3%9Cn%C3%AFcode%20%281%29%20%E6%97%A5%E6%9C%AC%27s%20%22%2A%22.zip",
  )
  expect(headers.get('cross-origin-embedder-policy')).toBe('require-corp')
  expect(headers.get('content-security-policy')).toBe("default-src 'none'; sandbox")
})

test('an address answers once, and one that nobody offered not at all', async () => {
  const { answer } = await anOfferedDownload()
  const first = answer()
  await first.body?.cancel()

  expect([first.status, answer().status, answer('another').status]).toEqual([200, 404, 404])
  expect(answer('alive').status).toBe(204)
})

test('a download that is given up in the browser ends the saving without an error', async () => {
  const { answer } = await anOfferedDownload()

  await answer().body?.cancel()

  await expect.poll(() => said.at(-1)).toEqual({ type: 'cancelled' })
})

test('a saving that the page cancels breaks the download off', async () => {
  files = [...files.slice(0, 2)] // the third is never answered
  const { answer, server } = await anOfferedDownload()
  const reading = answer().arrayBuffer()
  await expect.poll(() => said.some((one) => one.type === 'wants' && one.file === 2)).toBe(true)

  server.receive({ type: 'cancel' })

  await expect(reading).rejects.toThrow()
  await expect.poll(() => said.at(-1)).toEqual({ type: 'cancelled' })
})

test('what the engine refuses is what the saving ends with, and no half archive looks whole', async () => {
  files = [files[0]!, files[1]!, err({ kind: 'storage/permission', name: 'Folder' })]
  const { answer } = await anOfferedDownload()

  const reading = answer().arrayBuffer()

  await expect(reading).rejects.toThrow()
  await expect
    .poll(() => said.at(-1))
    .toEqual({
      type: 'done',
      result: { ok: false, error: { kind: 'storage/permission', name: 'Folder' } },
    })
})

test('a file of another length than the archive was measured for is refused', async () => {
  files = [...files.slice(0, 1), ok(new File(['longer than said'], '1')), ...files.slice(2)]
  const { answer } = await anOfferedDownload()

  await expect(answer().arrayBuffer()).rejects.toThrow()
  await expect
    .poll(() => said.at(-1))
    .toEqual({
      type: 'done',
      result: { ok: false, error: { kind: 'input/unknown-file' } },
    })
})

test('the browser is offered nothing before the first file is ready to leave', async () => {
  files = [] // the first is being checked

  void anOfferedDownload()
  await new Promise((resolve) => setTimeout(resolve))

  expect(said.map(({ type }) => type)).toEqual(['wants'])
})

test('while a download lasts the service worker is asked for something every few seconds', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  files = files.slice(0, 1) // the next is being checked
  const { answer } = await anOfferedDownload()
  const { body } = answer()

  vi.advanceTimersByTime(60_000)
  expect(keptAlive).toBeGreaterThanOrEqual(3)
  await body?.cancel()
  await expect.poll(() => said.at(-1)).toEqual({ type: 'cancelled' })
  const asked = keptAlive
  vi.advanceTimersByTime(60_000)

  expect(keptAlive).toBe(asked)
})

/** A saving as far as the page's frame: everybody waits for the browser to ask. */
async function anOfferedDownload({ name = 'Folder.zip' } = {}) {
  const downloads = makeSavedDownloads()
  const { port1, port2 } = new MessageChannel()
  const server = makeSaveServer(
    (message) => {
      said.push(message)
      if (message.type === 'measured') {
        downloads.offer({ type: 'download', id: 'one', name, length: message.length }, port2)
      }
      const result = message.type === 'wants' ? files[message.file] : undefined
      if (message.type !== 'wants' || result === undefined) return
      server.receive({ type: 'file', file: message.file, result })
    },
    async () => {
      keptAlive += 1
    },
  )
  const target = { kind: 'zip-feed', port: port1, alive: '/saved/alive' } as const
  server.receive({ type: 'save', entries: ENTRIES, target })
  await expect.poll(() => said.some(({ type }) => type === 'feed-ready')).toBe(true)
  return { server, answer: (path = 'one') => downloads.answer(path) }
}

/** What is stored in an archive, by its central directory (APPNOTE 4.3.12). */
function filesInZip(bytes: Uint8Array<ArrayBuffer>): Record<string, string> {
  const view = new DataView(bytes.buffer)
  const text = (from: number, length: number) =>
    new TextDecoder().decode(bytes.subarray(from, from + length))
  const files: Record<string, string> = {}
  for (let at = 0; at + 46 <= bytes.length; at++) {
    if (view.getUint32(at) !== 0x504b0102) continue
    const [size, nameLength, start] = [
      view.getUint32(at + 20, true),
      view.getUint16(at + 28, true),
      view.getUint32(at + 42, true),
    ]
    const content = start + 30 + view.getUint16(start + 26, true)
    files[text(at + 46, nameLength)] = text(content, size)
  }
  return files
}
