import { expect, test } from 'vitest'
import type { PrivateTorrentModeOptions } from '../../../src/engine/model/private-job.ts'
import { policyOfMode } from '../../../src/engine/private-mode.ts'
import { allows, mayPublish } from '../../../src/engine/swarm/swarm-gate.ts'

const switches = [undefined, true, false] as const
const ways = [undefined, 'overlay', 'inviteList', 'both'] as const
const EVERY = switches.flatMap((privateOnly) =>
  switches.flatMap((disableDht) =>
    switches.flatMap((disablePex) =>
      ways.map((allowedPeerSources): PrivateTorrentModeOptions => ({
        ...(privateOnly !== undefined && { privateOnly }),
        ...(disableDht !== undefined && { disableDht }),
        ...(disablePex !== undefined && { disablePex }),
        ...(allowedPeerSources !== undefined && { allowedPeerSources }),
      })),
    ),
  ),
)

test.each(EVERY)('%j is what it says, or refused', (options) => {
  const policy = policyOfMode(options)

  const { privateOnly, disableDht, disablePex, allowedPeerSources } = options
  if (!policy.ok) {
    const saysBoth =
      privateOnly === false
        ? disableDht === true || allowedPeerSources !== undefined
        : disableDht === false || disablePex === false
    expect(policy.error.kind).toBe('policy/contradiction')
    expect(saysBoth).toBe(true)
    return
  }
  expect(policy.value.name).toBe(privateOnly === false ? 'public' : 'private')
  if (disableDht === true) expect(mayPublish(policy.value, false)).toBe(false)
  if (disableDht === false) expect(mayPublish(policy.value, false)).toBe(true)
  if (allowedPeerSources === undefined) return
  expect(allows(policy.value, 'overlay')).toBe(allowedPeerSources !== 'inviteList')
  expect(allows(policy.value, 'invite')).toBe(allowedPeerSources !== 'overlay')
  expect(allows(policy.value, 'tracker')).toBe(false)
})

test('no options at all are as private as it gets, with both ways to meet', () => {
  expect(policyOfMode({})).toEqual({
    ok: true,
    value: { name: 'private', sources: ['overlay', 'invite'] },
  })
})

test.each([null, 'private', 7, { privateOnly: 1 }, { disableLsd: true }])(
  'what is no such option is refused: %j',
  (options) => {
    expect(policyOfMode(options)).toMatchObject({ error: { kind: 'policy/contradiction' } })
  },
)

test('the first contradiction is named', () => {
  expect(policyOfMode({ privateOnly: true, disableDht: false })).toMatchObject({
    error: { what: 'privateOnly with a DHT' },
  })
  expect(policyOfMode({ privateOnly: true, disablePex: false })).toMatchObject({
    error: { what: 'privateOnly with PEX' },
  })
  expect(policyOfMode({ privateOnly: false, disableDht: true })).toMatchObject({
    error: { what: 'disableDht without privateOnly' },
  })
})
