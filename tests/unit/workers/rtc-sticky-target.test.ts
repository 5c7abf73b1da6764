import { expect, test } from 'vitest'
import { StickyTarget } from '../../../src/workers/worker/sticky-target.ts'

class Door extends StickyTarget {
  open(): void {
    this.settle(new Event('open'))
  }
}

const microtasks = () => Promise.resolve()

function heard(): { readonly events: string[]; readonly listener: (event: Event) => void } {
  const events: string[] = []
  return { events, listener: (event) => events.push(event.type) }
}

test('a listener from before hears it once', () => {
  const door = new Door()
  const { events, listener } = heard()
  door.addEventListener('open', listener)

  door.open()
  door.open()

  expect(events).toEqual(['open'])
})

test('a listener from after hears it once, later', async () => {
  const door = new Door()
  const { events, listener } = heard()
  door.open()

  door.addEventListener('open', listener)

  expect(events).toEqual([])
  await microtasks()
  expect(events).toEqual(['open'])
})

test('an object may listen too', async () => {
  const door = new Door()
  const { events, listener } = heard()
  door.open()

  door.addEventListener('open', { handleEvent: listener })
  await microtasks()

  expect(events).toEqual(['open'])
})

test('who stops listening in time hears nothing', async () => {
  const door = new Door()
  const { events, listener } = heard()
  const leaving = new AbortController()
  door.open()

  door.addEventListener('open', listener)
  door.removeEventListener('open', listener)
  door.addEventListener('open', listener, { signal: leaving.signal })
  leaving.abort()
  await microtasks()

  expect(events).toEqual([])
})
