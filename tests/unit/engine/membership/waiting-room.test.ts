import { expect, test } from 'vitest'
import type { EntryHash, LogEntry } from '../../../../src/engine/membership/log-entry.ts'
import { makeWaitingRoom } from '../../../../src/engine/membership/waiting-room.ts'
import { aCreation, anEntry, OWNER, rotate } from '../../../support/members.ts'

const nowhere = 'ee'.repeat(32) as EntryHash // 64 hex digits

async function waiters(count: number): Promise<readonly LogEntry[]> {
  const create = await aCreation()
  const numbers = Array.from({ length: count }, (_, number) => number)
  return Promise.all(numbers.map((at) => anEntry(OWNER, create, [nowhere], rotate(1), at)))
}

test('a full room sends away who waited longest', async () => {
  const entries = await waiters(5)
  const room = makeWaitingRoom(3)

  for (const entry of entries) room.enter(entry)
  room.thin()

  expect([...room.all()]).toEqual(entries.slice(2))
  expect(new Set(room.childrenOf(nowhere))).toEqual(new Set(entries.slice(2)))
})

test('who leaves is forgotten', async () => {
  const [first] = await waiters(1)
  const room = makeWaitingRoom(3)

  room.enter(first!)
  room.leave(first!)

  expect(room.has(first!.hash)).toBe(false)
  expect(room.get(first!.hash)).toBeUndefined()
  expect(room.childrenOf(nowhere)).toEqual([])
})
