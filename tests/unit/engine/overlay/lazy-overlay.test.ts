import { expect, test } from 'vitest'
import type { InfoHash } from '../../../../src/engine/model/ids.ts'
import { makeLazyOverlay } from '../../../../src/engine/overlay/lazy-overlay.ts'
import type { Overlay } from '../../../../src/engine/overlay/overlay.ts'
import { PUBLIC } from '../../../../src/engine/model/swarm-policy.ts'
import type { OverlaySearch } from '../../../../src/engine/overlay/overlay-road.ts'

/** An overlay that is loaded when the test says so, and what was asked of it. */
function later() {
  const joined: OverlaySearch[] = []
  const left: OverlaySearch[] = []
  const { promise, resolve } = Promise.withResolvers<Overlay>()
  let stopped = 0
  const overlay = {
    join(search: OverlaySearch) {
      joined.push(search)
      return { known: 7, connecting: 1, hungry() {}, leave: () => void left.push(search) }
    },
    async stop() {
      stopped += 1
    },
  }
  return {
    joined,
    left,
    stopped: () => stopped,
    lazy: makeLazyOverlay(() => promise),
    // The part of it that is asked for here.
    load: () => resolve(overlay as unknown as Overlay),
  }
}

const aSearch = (infoHash: string): OverlaySearch => ({
  infoHash: infoHash as InfoHash, // only told apart here
  rtcConfig: () => ({}),
  provide: true,
  wants: () => true,
  room: () => 1,
  linked: () => null,
  identities: () => [],
  direct: () => 0,
  accepts: () => true,
  policy: PUBLIC,
  onRoad() {},
  onlyWith() {},
  onChange() {},
})

test('a search that came first begins when the overlay is there', async () => {
  const { lazy, load, joined } = later()
  const search = aSearch('a')

  const part = lazy.join(search)
  const before = part.known
  lazy.start()
  load()
  await lazy.loaded()

  expect(before).toBeNull()
  expect(joined).toEqual([search])
  expect(part.known).toBe(7)
})

test('a search that was left before never begins, and one that began is left', async () => {
  const { lazy, load, joined, left } = later()
  const [early, late] = [aSearch('early'), aSearch('late')]
  const [earlyPart, latePart] = [lazy.join(early), lazy.join(late)]

  earlyPart.leave()
  load()
  await lazy.loaded()
  latePart.leave()

  expect(joined).toEqual([late])
  expect(left).toEqual([late])
})

test('what is stopped while it is loaded is stopped as soon as it is there', async () => {
  const { lazy, load, stopped } = later()

  lazy.start()
  await lazy.stop()
  load()
  await lazy.loaded()

  expect(stopped()).toBe(1)
})

test('code that did not come is asked for again when the network is back', async () => {
  const { joined, lazy: good, load } = later()
  load()
  const overlay = await good.loaded()
  let asked = 0
  const lazy = makeLazyOverlay(async () => {
    asked += 1
    if (asked === 1) throw new TypeError('not loaded')
    return overlay
  })
  lazy.join(aSearch('a'))

  await expect(lazy.loaded()).rejects.toThrow('not loaded')
  lazy.online()
  await lazy.loaded()

  expect(asked).toBe(2)
  expect(joined).toHaveLength(1)
})
