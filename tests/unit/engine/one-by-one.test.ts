import { expect, test } from 'vitest'
import { makeOneByOne } from '../../../src/engine/one-by-one.ts'

test('many begin in the order they came, and others have their turn between them', async () => {
  const begin = makeOneByOne()
  const happened: string[] = []
  const timers = setInterval(() => happened.push('timer'), 0)

  await Promise.all(
    Array.from({ length: 200 }, (_, at) => begin().then(() => happened.push(String(at)))),
  )
  clearInterval(timers)

  const begun = happened.filter((one) => one !== 'timer')
  expect(begun).toEqual(Array.from({ length: 200 }, (_, at) => String(at)))
})

test('who comes alone begins before the next task', async () => {
  const begin = makeOneByOne()
  const happened: string[] = []
  const { port1, port2 } = new MessageChannel()
  const task = new Promise<void>((resolve) => {
    port1.onmessage = () => {
      happened.push('task')
      resolve()
    }
  })
  port2.postMessage(null)

  void begin().then(() => happened.push('begun'))
  await task
  port1.close()

  expect(happened).toEqual(['begun', 'task'])
})

test('every one of two is in a task of its own', async () => {
  const begin = makeOneByOne()
  const happened: string[] = []

  const first = begin().then(() => {
    happened.push('first')
    queueMicrotask(() => happened.push('end of its task'))
  })
  const second = begin().then(() => happened.push('second'))
  await Promise.all([first, second])

  expect(happened).toEqual(['first', 'end of its task', 'second'])
})
