import { describe, expect, test } from 'vitest'
import {
  initiallyOpen,
  makeFileTree,
  matchingRows,
  tickedLength,
  tickOf,
  toggleTick,
  visibleRows,
  type FolderNode,
  type TreeNode,
} from '../../../src/ui/tree/file-tree.ts'

const FILES = [
  { path: 'album/cd 10/01.flac', length: 5 },
  { path: 'album/cd 2/01.flac', length: 10 },
  { path: 'album/cd 2/02.flac', length: 20 },
  { path: 'album/cover.jpg', length: 40 },
]

const named = (root: FolderNode, name: string): TreeNode => {
  const row = visibleRows(root, initiallyOpen(root)).find(({ node }) => node.name === name)
  if (row === undefined) throw new Error(`no line called ${name}`)
  return row.node
}

describe('the tree', () => {
  test('leaves out the folder that every path shares', () => {
    const root = makeFileTree(FILES)

    expect(root.children.map((child) => child.name)).toEqual(['cd 2', 'cd 10', 'cover.jpg'])
  })

  test('adds up lengths and keeps the index of each file', () => {
    const root = makeFileTree(FILES)

    expect(root.length).toBe(75)
    expect(named(root, 'cd 2')).toMatchObject({ length: 30, files: [1, 2] })
    expect(named(root, 'cover.jpg')).toMatchObject({ index: 3 })
  })

  test('shows only what is in open folders', () => {
    const root = makeFileTree(FILES)

    const closed = visibleRows(root, new Set())
    const open = visibleRows(root, new Set(['album/cd 2']))

    expect(closed.map(({ node }) => node.name)).toEqual(['cd 2', 'cd 10', 'cover.jpg'])
    expect(open.map(({ node, depth }) => `${depth} ${node.name}`)).toEqual([
      '0 cd 2',
      '1 01.flac',
      '1 02.flac',
      '0 cd 10',
      '0 cover.jpg',
    ])
  })

  test('keeps files whose name is also the name of a folder apart', () => {
    const root = makeFileTree([
      { path: 't/a', length: 1 },
      { path: 't/a/b', length: 2 },
      { path: 't/__proto__/c', length: 4 },
    ])

    expect(root.files).toHaveLength(3)
    expect(root.length).toBe(7)
  })

  test('a single file is its only line', () => {
    const root = makeFileTree([{ path: 'film.mkv', length: 9 }])

    expect(visibleRows(root, new Set()).map(({ node }) => node.name)).toEqual(['film.mkv'])
  })

  test('a large tree begins closed', () => {
    const many = Array.from({ length: 300 }, (_, at) => ({ path: `t/f${at % 7}/${at}`, length: 1 }))
    const root = makeFileTree(many)

    expect(visibleRows(root, initiallyOpen(root))).toHaveLength(7)
  })

  test('finds files by any part of their path', () => {
    const root = makeFileTree(FILES)

    expect(matchingRows(root, 'CD 2').map(({ node }) => node.path)).toEqual([
      'album/cd 2/01.flac',
      'album/cd 2/02.flac',
    ])
  })
})

describe('ticks', () => {
  const root = makeFileTree(FILES)
  const all = new Set([0, 1, 2, 3])

  test('a folder with some of its files ticked is mixed', () => {
    const folder = named(root, 'cd 2')

    expect(tickOf(folder, all)).toBe('on')
    expect(tickOf(folder, new Set([1]))).toBe('mixed')
    expect(tickOf(folder, new Set([0, 3]))).toBe('off')
  })

  test('a mixed folder becomes ticked, a ticked one unticked', () => {
    const folder = named(root, 'cd 2')

    const ticked = toggleTick(folder, new Set([1]))
    const unticked = toggleTick(folder, ticked)

    expect(ticked).toEqual(new Set([1, 2]))
    expect(unticked).toEqual(new Set())
  })

  test('one file is ticked without the others', () => {
    expect(toggleTick(named(root, 'cover.jpg'), all)).toEqual(new Set([0, 1, 2]))
  })

  test('the length of what is ticked is known', () => {
    expect(tickedLength(FILES, new Set([1, 3]))).toBe(50)
  })
})
