import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { makeLog } from '../../relay/log.ts'
import { GRANT_FILE, openGrantFile, type GrantFile } from '../../relay/redemptions/grant-file.ts'
import { decodeGrant, encodeGrant, RECORD_BYTES } from '../../relay/redemptions/grant-record.ts'
import { makeGrantWriter } from '../../relay/redemptions/grant-writer.ts'
import { openRedemptions } from '../../relay/redemptions/redemptions.ts'
import type { Claim } from '../../relay/redemptions/use-counters.ts'
import { aClaim } from './support/a-claim.ts'

const HEAD_BYTES = 16
const log = makeLog('silent')

test('a record is read as it was written, and a spoiled one is none', () => {
  const claim = aClaim({ uses: 1000, expires: 2 ** 47 })
  const record = encodeGrant(claim)

  expect(decodeGrant(record)).toEqual(claim)
  for (let bit = 0; bit < RECORD_BYTES * 8; bit++) {
    const spoiled = Buffer.from(record)
    spoiled[bit >> 3]! ^= 1 << (bit & 7)
    expect(decodeGrant(spoiled)).toBeNull()
  }
})

test('what was appended is found again, in a file for this user only', async () => {
  const folder = await aFolder()
  const claims = [aClaim(), aClaim(), aClaim()]
  const file = await begun(folder)

  await file.append(claims.slice(0, 1))
  await file.append(claims.slice(1))
  await file.close()

  expect((await openGrantFile(folder, () => [])).found).toEqual(claims)
  expect((await stat(join(folder, GRANT_FILE))).mode & 0o777).toBe(0o600)
})

test('cut off at any byte, every record before the cut is found', async () => {
  const folder = await aFolder()
  const claims = [aClaim(), aClaim(), aClaim()]
  const file = await begun(folder)
  await file.append(claims)
  await file.close()
  const whole = await readFile(join(folder, GRANT_FILE))

  for (let length = HEAD_BYTES; length <= whole.length; length++) {
    await writeFile(join(folder, GRANT_FILE), whole.subarray(0, length))
    const { found, damaged } = await openGrantFile(folder, () => [])

    const kept = Math.floor((length - HEAD_BYTES) / RECORD_BYTES)
    expect(found).toEqual(claims.slice(0, kept))
    expect(damaged).toBe((length - HEAD_BYTES) % RECORD_BYTES === 0 ? 0 : 1)
  }
})

test('cut off at any byte, what comes afterwards is found as well', async () => {
  const folder = await aFolder()
  const [one, two] = [aClaim(), aClaim()]
  for (const length of [HEAD_BYTES, HEAD_BYTES + 1, HEAD_BYTES + RECORD_BYTES - 1]) {
    const whole = Buffer.concat([await headBytes(), encodeGrant(one)])
    await writeFile(join(folder, GRANT_FILE), whole.subarray(0, length))
    const redemptions = await openRedemptions({ folder, log })

    expect(await redemptions.claim(two)).toMatchObject({ name: 'granted' })
    await redemptions.close()

    const { found, damaged } = await openGrantFile(folder, () => [])
    expect({ found, damaged }).toEqual({ found: [two], damaged: 0 })
  }
})

test('a file of another version is left alone', async () => {
  const folder = await aFolder()
  await writeFile(join(folder, GRANT_FILE), 'chiral-uses/2\n\0\0 and more')

  await expect(openRedemptions({ folder, log })).rejects.toThrow('not written by this version')

  expect(await readFile(join(folder, GRANT_FILE), 'latin1')).toContain('and more')
})

test('many that write at once share few writes, and each waits for its own', async () => {
  const written: Claim[][] = []
  const writer = makeGrantWriter(
    {
      append: async (claims) => void written.push([...claims]),
      rewrite: async () => {},
      close: async () => {},
    },
    () => {},
  )
  const claims = Array.from({ length: 100 }, () => aClaim())

  await Promise.all(claims.map((claim) => writer.write(claim)))

  expect(written.flat()).toEqual(claims)
  expect(written.length).toBeLessThan(5)
})

test('a use that the disk did not take is granted to nobody, and may be granted later', async () => {
  const folder = await aFolder()
  const invite = aClaim()
  const others = Array.from({ length: 20 }, () => ({ ...invite, claim: aClaim().claim }))
  let isFull = true
  const redemptions = await openRedemptions({
    folder,
    log,
    async openFile(...args) {
      const file = await openGrantFile(...args)
      return {
        ...file,
        append: (claims) => (isFull ? Promise.reject(new Error('ENOSPC')) : file.append(claims)),
      }
    },
  })

  const first = await redemptions.claim(invite)
  isFull = false
  const answers = await Promise.all(others.map((claim) => redemptions.claim(claim)))
  await redemptions.close()

  expect(first).toEqual({ name: 'unavailable' })
  expect(answers.filter(({ name }) => name === 'granted')).toHaveLength(1)
  expect((await openGrantFile(folder, () => [])).found).toHaveLength(1)
})

test('nobody is told that an invite is used while that may still not be so', async () => {
  const folder = await aFolder()
  const invite = aClaim()
  const disk = Promise.withResolvers<void>()
  let isFirst = true
  const redemptions = await openRedemptions({
    folder,
    log,
    async openFile(...args) {
      const file = await openGrantFile(...args)
      return {
        ...file,
        append: (claims) => {
          if (!isFirst) return file.append(claims)
          isFirst = false
          return disk.promise
        },
      }
    },
  })

  const [one, two] = [invite, { ...invite, claim: aClaim().claim }].map((claim) =>
    redemptions.claim(claim),
  )
  disk.reject(new Error('EIO'))

  expect(await one).toEqual({ name: 'unavailable' })
  expect(await two).toEqual({ name: 'granted', used: 1 })
  await redemptions.close()
})

test('after a write that failed the file is written anew, with all that is live', async () => {
  const folder = await aFolder()
  const claims = [aClaim(), aClaim()]
  const file = await openGrantFile(folder, () => claims)
  await file.rewrite()
  await rm(folder, { recursive: true })
  await expect(file.rewrite()).rejects.toThrow('ENOENT')
  await mkdir(folder)

  await file.append(claims.slice(1))
  await file.close()

  expect((await openGrantFile(folder, () => [])).found).toEqual(claims)
})

test('what expired a day ago is gone from the disk after a restart', async () => {
  const folder = await aFolder()
  let now = Date.now()
  const claim = aClaim({ expires: Math.floor(now / 1000) + 60 })
  const kept = aClaim({ expires: Math.floor(now / 1000) + 100_000 })
  const first = await openRedemptions({ folder, log, now: () => now })
  await first.claim(claim)
  await first.claim(kept)
  await first.close()

  now += 86_400_000 + 60_000
  const second = await openRedemptions({ folder, log, now: () => now })
  await second.close()

  expect((await openGrantFile(folder, () => [])).found).toEqual([kept])
})

test('two relays on one folder do not both count, and the second takes over', async () => {
  const folder = await aFolder()
  const invite = aClaim()
  const first = await openRedemptions({ folder, log })
  const second = await openRedemptions({ folder, log })
  onTestFinished(() => second.close())

  expect(await first.claim(invite)).toMatchObject({ name: 'granted' })
  expect(await second.claim(aClaim({ ...invite, claim: aClaim().claim }))).toEqual({
    name: 'unavailable',
  })
  await first.close()

  let answer = await second.claim(invite)
  while (answer.name === 'unavailable') {
    await new Promise((resolve) => setTimeout(resolve, 50))
    answer = await second.claim(invite)
  }
  expect(answer).toEqual({ name: 'granted', used: 1 })
  expect(await second.claim({ ...invite, claim: aClaim().claim })).toMatchObject({ why: 'used' })
})

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'chiral-uses-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

/** As `openRedemptions` begins one. */
async function begun(folder: string): Promise<GrantFile> {
  const file = await openGrantFile(folder, () => [])
  await file.rewrite()
  return file
}

async function headBytes(): Promise<Buffer> {
  const folder = await aFolder()
  await (await begun(folder)).close()
  return readFile(join(folder, GRANT_FILE))
}
