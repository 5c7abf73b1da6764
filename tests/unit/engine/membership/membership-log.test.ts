import { expect, test } from 'vitest'
import { openLog } from '../../../../src/engine/membership/membership-log.ts'
import { readEntry } from '../../../../src/engine/membership/log-entry.ts'
import {
  aCreation,
  add,
  aKeeper,
  anEntry,
  ANNA,
  BEN,
  CARL,
  NOON,
  OWNER,
  remove,
} from '../../../support/members.ts'

test('the owner is in from the start', async () => {
  const create = await aCreation()

  const log = openLog((await readEntry(create.bytes))!)!

  expect(log.view().members()).toMatchObject([{ peer: OWNER.self, role: 'owner' }])
  expect(log.swarm).toBe(create.hash)
})

test('an admin lets members in, and the owner removes the admin', async () => {
  const create = await aCreation()
  const owner = aKeeper(create, OWNER)
  const anna = aKeeper(create, ANNA)

  await owner.says(add(ANNA, 'admin', { name: 'Anna' }))
  anna.meets(owner)
  anna.log.hears(await owner.attests(), NOON)
  await anna.says(add(BEN))
  owner.meets(anna)
  owner.log.hears(await anna.attests(), NOON)

  expect(anna.log.view().member(BEN.self)?.role).toBe('member')
  expect(owner.log.view().member(BEN.self)?.role).toBe('member')

  const removal = await owner.says(remove(ANNA))
  const late = await anna.says(add(CARL))
  owner.log.add([late])
  anna.log.add([removal])

  expect(owner.log.view().member(ANNA.self)).toBeNull()
  expect(anna.log.view().member(CARL.self)).toBeNull()
  expect(owner.log.view().member(BEN.self)?.role).toBe('member')
  expect(await anEntry(ANNA, create, [removal], add(CARL))).toBeTruthy()
})
