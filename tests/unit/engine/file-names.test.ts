import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MAX_NAME_BYTES, safeFileName, safeFilePaths } from '../../../src/engine/file-names.ts'
import { anyText } from '../../support/arbitrary-text.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text).length

describe('one name', () => {
  test.each([
    ['film.mkv', 'film.mkv'],
    ['Größe 日本語 😀.txt', 'Größe 日本語 😀.txt'],
    ['.profile', '.profile'],
    ['a.tar.gz', 'a.tar.gz'],
    ['', '_'],
    ['.', '_'],
    ['..', '_'],
    ['...', '_'],
    [' ', '_'],
    ['  a  ', 'a'],
    ['a. . .', 'a'],
    ['a/b\\c', 'a_b_c'],
    ['C:', 'C_'],
    ['What? "Yes" <1|2> *', 'What_ _Yes_ _1_2_ _'],
    ['a\0b\nc\u0085', 'a_b_c_'],
    ['evil\u202egpj.exe', 'evil_gpj.exe'],
    ['\u2066hidden\u2069.txt', '_hidden_.txt'],
    ['zero\u200bwidth\ufeff', 'zero_width_'],
    ['family 👨‍👩‍👧', 'family 👨‍👩‍👧'],
    ['half \ud83d', 'half _'],
    ['e\u0301', '\u00e9'],
    ['con', '_con'],
    ['CON.txt', '_CON.txt'],
    ['aux .c', '_aux .c'],
    ['nul.', '_nul'],
    ['com1.tar.gz', '_com1.tar.gz'],
    ['console.log', 'console.log'],
  ])('%j is saved as %j', (name, safe) => {
    expect(safeFileName(name)).toBe(safe)
  })

  test('a long one is cut between letters and keeps its extension', () => {
    expect(safeFileName(`${'a'.repeat(300)}.mkv`)).toBe(`${'a'.repeat(251)}.mkv`)
    expect(safeFileName(`${'日'.repeat(100)}.mkv`)).toBe(`${'日'.repeat(83)}.mkv`)
    expect(safeFileName('😀'.repeat(100))).toBe('😀'.repeat(63))
    expect(safeFileName(`a.${'b'.repeat(300)}`)).toBe(`a.${'b'.repeat(253)}`)
  })
})

test.each([' ', '.', '?', '\u0301'])('a name with a million %j in it is soon cut', (mark) => {
  expect(bytesOf(safeFileName(`a${mark.repeat(1_000_000)}b`))).toBeLessThanOrEqual(MAX_NAME_BYTES)
})

describe('names together', () => {
  test('what is sound stays as it is', () => {
    const paths = ['folder/a.txt', 'folder/b/a.txt', 'folder/b/c', 'other']

    expect(safeFilePaths(paths)).toEqual(paths)
  })

  test('twins by case, accent or what was replaced get numbers before the extension', () => {
    expect(safeFilePaths(['a.txt', 'A.TXT', 'é', 'e\u0301', 'x?', 'x*', 'x_'])).toEqual([
      'a.txt',
      'A (2).TXT',
      'é',
      'é (2)',
      'x_',
      'x_ (2)',
      'x_ (3)',
    ])
  })

  test('a number that is taken is passed over', () => {
    expect(safeFilePaths(['a', 'a (2)', 'A'])).toEqual(['a', 'a (2)', 'A (3)'])
  })

  test('folders that differ by case stay two folders, a folder and a file stay two things', () => {
    expect(safeFilePaths(['F/a', 'f/a', 'F/b', 'x', 'X/y'])).toEqual([
      'F/a',
      'f (2)/a',
      'F/b',
      'x',
      'X (2)/y',
    ])
  })

  test('no path leaves the folder', () => {
    expect(safeFilePaths(['../../etc/passwd', '/root', 'a//b', '..\\x'])).toEqual([
      '_/_/etc/passwd',
      '_ (2)/root',
      'a/_/b',
      '.._x',
    ])
  })

  test('five thousand of one name', () => {
    const safe = safeFilePaths(Array<string>(5000).fill('a'))

    expect(new Set(safe).size).toBe(5000)
  })
})

const nasty = fc.array(
  fc.oneof(
    fc.constantFrom('a', 'A', '.', ' ', '/', 'con', 'é', 'e\u0301', 'ß', 'SS', 'ſ', 'ı', 'I', 'K', '?', '_', ' (2)', '\u202e', '\0', 'x'.repeat(251), '日'.repeat(90), '.txt'), // prettier-ignore
    anyText({ maxLength: 4 }),
  ),
  { maxLength: 6 },
)
const names = nasty.map((parts) => parts.join(''))

describe('for any paths', () => {
  test('every part can be saved anywhere', () => {
    fc.assert(
      fc.property(names, (name) => {
        const safe = safeFileName(name)

        expect(safeFileName(safe)).toBe(safe)
        expect(safe).not.toBe('')
        expect(bytesOf(safe)).toBeLessThanOrEqual(MAX_NAME_BYTES)
        expect(safe).not.toMatch(/[\u0000-\u001f<>:"/\\|?*\u202a-\u202e\u2066-\u2069]|[. ]$|^ /)
        expect(safe).not.toMatch(/^(con|prn|aux|nul|com[1-9]|lpt[1-9]) *(\.|$)/i)
      }),
      { numRuns: 1000 },
    )
  })

  test('they stay apart, also where case and accents do not count, and stay what they are', () => {
    fc.assert(
      fc.property(fc.array(names, { maxLength: 8 }), (paths) => {
        const safe = safeFilePaths(paths)
        const keys = safe.map((path) => path.normalize('NFC').toLowerCase().toUpperCase())

        expect(new Set(keys).size).toBe(paths.length)
        for (const key of keys) {
          expect(keys.filter((other) => other.startsWith(`${key}/`))).toEqual([])
        }
        expect(safeFilePaths(safe)).toEqual(safe)
        safe.forEach((path, index) => {
          expect(path.split('/').length).toBe(paths[index]!.split('/').length)
          expect(path.split('/').map(safeFileName).join('/')).toBe(path)
        })
      }),
      { numRuns: 500 },
    )
  })
})
