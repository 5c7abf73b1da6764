import { expect, test } from 'vitest'
import type { PumpToPage } from '../../../src/workers/protocol/rtc.ts'
import { PumpedChannel } from '../../../src/workers/worker/pumped-channel.ts'
import { ShimChannel } from '../../../src/workers/worker/shim-channel.ts'

const MIB = 1024 * 1024

/** A carried channel and its stand-in; what goes to the page is collected. */
function aChannel(readyState: 'connecting' | 'open' = 'open') {
  const posted: PumpToPage[] = []
  const pumped = new PumpedChannel({ id: 1, readyState }, (message) => posted.push(message))
  const channel = new ShimChannel({
    label: 'x',
    protocol: '',
    ordered: true,
    negotiated: false,
    id: null,
    maxMessageSize: () => null,
  })
  channel.attach(pumped)
  return { pumped, channel, posted }
}

const microtasks = () => new Promise<void>((resolve) => setImmediate(resolve))
const message = (length: number) => ({ type: 'message', data: new ArrayBuffer(length) }) as const

test('what is sent is a copy', async () => {
  const { channel, posted } = aChannel()
  await microtasks()
  const bytes = new Uint8Array([1, 2, 3])

  channel.send(bytes.subarray(1))
  bytes.fill(9)

  expect(posted).toEqual([{ type: 'send', data: new Uint8Array([2, 3]).buffer }])
})

test('bufferedamountlow comes once, when the amount falls to the threshold', async () => {
  const { pumped, channel } = aChannel()
  await microtasks()
  const amounts: number[] = []
  channel.bufferedAmountLowThreshold = 100
  channel.addEventListener('bufferedamountlow', () => amounts.push(channel.bufferedAmount))
  channel.send(new Uint8Array(300))

  for (const total of [100, 200, 250, 300]) pumped.take({ type: 'drained', total })

  expect(amounts).toEqual([100])
  expect(channel.bufferedAmount).toBe(0)
})

test('a full buffer refuses the message and keeps the channel', async () => {
  const { channel } = aChannel()
  await microtasks()
  for (let sent = 0; sent < 16; sent++) channel.send(new Uint8Array(MIB))

  expect(() => channel.send(new Uint8Array(1))).toThrow(
    expect.objectContaining({ name: 'OperationError' }),
  )
  expect(channel.readyState).toBe('open')
})

test('messages from before open wait for it, and then come in order', async () => {
  const { pumped, channel } = aChannel('connecting')
  const told: (string | number)[] = []
  channel.addEventListener('open', () => told.push('open'))
  channel.onmessage = ({ data }) => told.push(typeof data === 'string' ? data : data.byteLength)

  pumped.take(message(1))
  pumped.take(message(2))
  await microtasks()
  const before = [...told]
  pumped.take({ type: 'channel-opened', id: 7 })
  await microtasks()
  pumped.take(message(3))

  expect(before).toEqual([])
  expect(told).toEqual(['open', 1, 2, 3])
  expect(channel.id).toBe(7)
})

test('a peer that sends a megabyte nobody listens to loses the channel', async () => {
  const { pumped, channel, posted } = aChannel()
  const told: string[] = []
  channel.addEventListener('error', () => told.push('error'))
  channel.addEventListener('close', () => told.push('close'))

  pumped.take(message(MIB))
  pumped.take(message(1))
  await microtasks()

  expect(channel.readyState).toBe('closed')
  expect(posted).toEqual([{ type: 'close-channel' }])
  expect(told).toEqual(['error', 'close'])
})

test('a channel closed before it opened tells its close at once', async () => {
  const { channel } = aChannel('connecting')
  const told: string[] = []
  channel.addEventListener('close', () => told.push('close'))

  channel.close()
  await microtasks()

  expect(channel.readyState).toBe('closed')
  expect(told).toEqual(['close'])
})
