import { expect, test } from 'vitest'
import { makeHandlePool } from '../../../../src/engine/adapters/opfs-handles.ts'

test('no more files are open than allowed, and the one used longest ago is closed', async () => {
  const disk = aDisk()
  const pool = makeHandlePool(2)
  const [a, b, c] = ['a', 'b', 'c'].map((name) => pool.file(disk.opener(name)))

  await a!.size()
  await b!.size()
  await a!.size()
  await c!.size()

  expect(disk.open()).toEqual(['a', 'c'])
  expect(disk.mostOpen()).toBeLessThanOrEqual(3)
})

test('uses of a file that is being opened share one opening', async () => {
  const disk = aDisk()
  const file = makeHandlePool(2).file(disk.opener('a'))

  await Promise.all([file.size(), file.size(), file.size()])

  expect(disk.opened).toEqual(['a'])
})

test('many files at once, with room for one, are all written', async () => {
  const disk = aDisk()
  const pool = makeHandlePool(1)
  const files = Array.from({ length: 20 }, (_, index) => pool.file(disk.opener(`${index}`)))

  await Promise.all(files.flatMap((file) => [file.write(new Uint8Array(5), 0), file.size()]))

  expect(disk.written.sort()).toEqual(Array.from({ length: 20 }, (_, index) => `${index}`).sort())
  expect(disk.open()).toHaveLength(1)
})

test('a flush concerns what was written since the last one, and opens nothing else', async () => {
  const disk = aDisk()
  const pool = makeHandlePool(1)
  const [a, b] = [pool.file(disk.opener('a')), pool.file(disk.opener('b'))]
  await a.write(new Uint8Array(5), 0)
  await a.flush()
  await b.size()

  await a.flush()
  await b.flush()

  expect(disk.flushed).toEqual(['a'])
  expect(disk.opened).toEqual(['a', 'b'])
})

test('a file that has to make room is flushed first', async () => {
  const disk = aDisk()
  const pool = makeHandlePool(1)
  const [a, b] = [pool.file(disk.opener('a')), pool.file(disk.opener('b'))]
  await a.write(new Uint8Array(5), 0)

  await b.size()

  expect(disk.flushed).toEqual(['a'])
})

test('a flush that failed while making room is tried again, and says so', async () => {
  const disk = aDisk()
  const pool = makeHandlePool(1)
  const [a, b] = [pool.file(disk.opener('a')), pool.file(disk.opener('b'))]
  await a.write(new Uint8Array(5), 0)
  disk.failing = true
  await b.size()

  await expect(a.flush()).rejects.toThrow('the disk is gone')
  disk.failing = false
  await a.flush()

  expect(disk.flushed).toEqual(['a'])
})

test('a file that could not be opened can be opened later', async () => {
  const disk = aDisk()
  const file = makeHandlePool(1).file(disk.opener('a'))
  disk.refusing = true
  await expect(Promise.all([file.size(), file.size()])).rejects.toThrow('no')

  disk.refusing = false

  expect(await file.size()).toBe(0)
})

test('closing waits for an opening that is under way', async () => {
  const disk = aDisk()
  const file = makeHandlePool(1).file(disk.opener('a'))
  const size = file.size()

  await file.close()

  await size
  expect(disk.open()).toEqual([])
})

/** Handles as a browser gives them: one at a time for a file, asynchronously. */
function aDisk() {
  const open = new Set<string>()
  let mostOpen = 0
  const disk = {
    failing: false,
    refusing: false,
    opened: [] as string[],
    written: [] as string[],
    flushed: [] as string[],
    open: () => [...open].sort(),
    mostOpen: () => mostOpen,
    opener: (name: string) => async () => {
      await Promise.resolve()
      if (disk.refusing) throw new Error('no')
      if (open.has(name)) throw new Error(`${name} is open already`)
      open.add(name)
      mostOpen = Math.max(mostOpen, open.size)
      disk.opened.push(name)
      return {
        read: () => 0,
        write(bytes: Uint8Array) {
          if (!open.has(name)) throw new Error(`${name} is closed`)
          disk.written.push(name)
          return bytes.length
        },
        getSize: () => 0,
        truncate() {},
        flush() {
          if (disk.failing) throw new Error('the disk is gone')
          disk.flushed.push(name)
        },
        close: () => void open.delete(name),
      }
    },
  }
  return disk
}
