import { expect } from 'chai'
import { makeOutsideFolders, writeInto } from '../../src/engine/adapters/outside-folder.ts'
import type { ContractCase } from './contract-case.ts'
import { contentOf, sameBytes } from './torrent-content.ts'

/** What `OutsideFolders` promises, on a folder of OPFS: handles of the same class, without questions. */
export const outsideFolderCases: ReadonlyArray<ContractCase<null>> = [
  {
    name: 'a file is written with its folders, and said where it lies',
    async run() {
      const root = await aFolder()
      const content = contentOf(40_000_000)

      const put = await makeOutsideFolders().put(
        root,
        ['a', 'b', 'c.bin'],
        new File([content], ''),
        never,
      )

      const kept = await fileAt(root, ['a', 'b', 'c.bin'])
      expect(put).to.deep.equal({
        ok: true,
        value: { names: ['a', 'b', 'c.bin'], modifiedAt: kept?.lastModified },
      })
      expect(sameBytes(new Uint8Array(await kept!.arrayBuffer()), content)).to.equal(true)
    },
  },
  {
    name: 'what has the name already, file or folder, is left alone',
    async run() {
      const root = await aFolder()
      const folders = makeOutsideFolders()
      await put(root, ['letter.txt'], 'mine')
      await root.getDirectoryHandle('letter (2).txt', { create: true })

      const answer = await folders.put(root, ['letter.txt'], new File(['theirs'], ''), never)

      expect(answer.ok && answer.value.names).to.deep.equal(['letter (3).txt'])
      expect(await textAt(root, ['letter.txt'])).to.equal('mine')
      expect(await textAt(root, ['letter (3).txt'])).to.equal('theirs')
    },
  },
  {
    name: 'an empty file, as a crash between making and writing leaves it, is taken over',
    async run() {
      const root = await aFolder()
      await root.getFileHandle('letter.txt', { create: true })

      await makeOutsideFolders().put(root, ['letter.txt'], new File(['theirs'], ''), never)

      expect(await namesIn(root)).to.deep.equal(['letter.txt'])
      expect(await textAt(root, ['letter.txt'])).to.equal('theirs')
    },
  },
  {
    name: 'one that is given up leaves nothing, and what it was to replace stays',
    async run() {
      const root = await aFolder()
      await put(root, ['kept.txt'], 'as it was')
      const content = new Blob([contentOf(40_000_000)])
      const stopAfterFirst = (stop: AbortController) => () => stop.abort(new Error('enough'))
      const [one, two] = [new AbortController(), new AbortController()]

      const thrown = await Promise.all([
        rejection(
          writeInto(root, 'new.bin', content, { signal: one.signal, onBytes: stopAfterFirst(one) }),
        ),
        rejection(
          writeInto(root, 'kept.txt', content, {
            signal: two.signal,
            onBytes: stopAfterFirst(two),
          }),
        ),
      ])

      expect(thrown.map(String)).to.deep.equal(['Error: enough', 'Error: enough'])
      expect(await namesIn(root)).to.deep.equal(['kept.txt'])
      expect(await textAt(root, ['kept.txt'])).to.equal('as it was')
    },
  },
  {
    name: 'a source that cannot be read any more leaves nothing, and the folder is usable',
    async run() {
      const root = await aFolder()
      const source = await put(await aFolder(), ['source.bin'], 'x'.repeat(1000))
      const stale = await source.getFile()
      const writable = await source.createWritable()
      await writable.write('other')
      await writable.close()

      const answer = await makeOutsideFolders().put(root, ['copy.bin'], stale, never)

      // Firefox reads what is there now; then it has another length, and whoever proves it finds out.
      if (!answer.ok) expect(await namesIn(root)).to.deep.equal([])
      expect((await makeOutsideFolders().put(root, ['a'], new File(['b'], ''), never)).ok).to.equal(
        true,
      )
    },
  },
  {
    name: 'into a folder that is gone nothing is written, and it is said',
    async run() {
      const parent = await aFolder()
      const root = await parent.getDirectoryHandle('Music', { create: true })
      await parent.removeEntry('Music')

      const answer = await makeOutsideFolders().put(root, ['a.txt'], new File(['a'], ''), never)

      // Firefox, which gives no handle of a folder of the person's, has another word for it.
      const kind = answer.ok ? 'ok' : answer.error.kind
      expect(kind).to.be.oneOf(['storage/source-missing', 'storage/io'])
    },
  },
]

const never = new AbortController().signal

async function aFolder(): Promise<FileSystemDirectoryHandle> {
  const device = await navigator.storage.getDirectory()
  return device.getDirectoryHandle(crypto.randomUUID(), { create: true })
}

async function put(
  folder: FileSystemDirectoryHandle,
  [name]: readonly [string],
  text: string,
): Promise<FileSystemFileHandle> {
  const handle = await folder.getFileHandle(name, { create: true })
  const writable = await handle.createWritable()
  await writable.write(text)
  await writable.close()
  return handle
}

async function fileAt(
  root: FileSystemDirectoryHandle,
  names: readonly string[],
): Promise<File | null> {
  let folder = root
  for (const name of names.slice(0, -1)) folder = await folder.getDirectoryHandle(name)
  return (await folder.getFileHandle(names.at(-1)!)).getFile()
}

async function textAt(root: FileSystemDirectoryHandle, names: readonly string[]): Promise<string> {
  return (await fileAt(root, names))!.text()
}

async function namesIn(folder: FileSystemDirectoryHandle): Promise<readonly string[]> {
  return (await Array.fromAsync(folder.keys())).sort()
}

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => null,
    (thrown: unknown) => thrown,
  )
}
