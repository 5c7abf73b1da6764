import fc from 'fast-check'
import { expect, test } from 'vitest'
import { converse } from '../../../../src/engine/overlay/conversation.ts'
import { frame } from '../../../../src/engine/overlay/frames.ts'
import { signalFrame } from '../../../../src/engine/overlay/signal-messages.ts'
import { streamPair } from '../../../support/stream-pair.ts'

test('messages are kept in order until they are asked for, and the end after them', async () => {
  const [ours, theirs] = streamPair()
  const talk = converse(ours)
  await theirs.send(signalFrame({ type: 'candidate', candidate: null }))
  await theirs.send(signalFrame({ type: 'close' }))

  const first = await talk.next()
  const second = await talk.next()
  theirs.close()

  expect([first, second]).toEqual([{ type: 'candidate', candidate: null }, { type: 'close' }])
  expect(await talk.next()).toBeNull()
})

test('who says what is no message is told so, and hears no more', async () => {
  const [ours, theirs] = streamPair()
  const talk = converse(ours)
  const hearing = converse(theirs)

  await theirs.send(frame(Uint8Array.of(1, 2, 3)))
  const heard = await talk.next()

  expect(heard).toBeNull()
  expect(await hearing.next()).toEqual({ type: 'refuse', reason: 'malformed' })
  expect(ours.abortedFor).toBe('a frame is no message')
})

test('a peer that never stops talking is stopped', async () => {
  const [ours, theirs] = streamPair()
  converse(ours)
  const message = signalFrame({ type: 'refuse', reason: 'busy' })
  const flood = new Uint8Array(message.length * 4000)
  for (let at = 0; at < flood.length; at += message.length) flood.set(message, at)

  await theirs.send(flood)
  await ours.closed

  expect(ours.abortedFor).toBe('it says too much')
})

test('what follows the last message is not read as one', async () => {
  const [ours, theirs] = streamPair()
  const talk = converse(ours)
  const message = signalFrame({ type: 'close' })
  const behind = frame(Uint8Array.of(0, 1, 2))
  const both = new Uint8Array([...message, ...behind])

  await theirs.send(both)
  await talk.next()
  const found: (readonly number[] | null)[] = []
  talk.release((bytes) => found.push(bytes === null ? null : [...bytes]))
  theirs.close()
  await ours.closed

  expect(found).toEqual([[0, 1, 2], null])
})

test('hostile bytes end a conversation or wait for more, and never throw', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 10 }),
      async (chunks) => {
        const [ours, theirs] = streamPair()
        const talk = converse(ours)
        for (const chunk of chunks) await theirs.send(chunk.slice())
        theirs.close()

        while ((await talk.next()) !== null);
      },
    ),
  )
})
