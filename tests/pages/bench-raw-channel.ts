/** What both ends of a measured data channel do, in a page or in a worker. */

const MESSAGE_LENGTH = 64 * 1024
const HIGH_WATER = 1024 * 1024
const LOW_WATER = 256 * 1024

export async function sendAll(channel: RTCDataChannel, length: number): Promise<void> {
  await opened(channel)
  channel.bufferedAmountLowThreshold = LOW_WATER
  const message = new Uint8Array(MESSAGE_LENGTH)
  for (let sent = 0; sent < length; sent += MESSAGE_LENGTH) {
    if (channel.bufferedAmount > HIGH_WATER) {
      await new Promise((resolve) =>
        channel.addEventListener('bufferedamountlow', resolve, { once: true }),
      )
    }
    channel.send(message.subarray(0, Math.min(MESSAGE_LENGTH, length - sent)))
  }
}

/** Answers how many seconds passed from now until the last of the bytes. */
export function receiveAll(channel: RTCDataChannel, length: number): Promise<number> {
  const startedAt = performance.now()
  let received = 0
  return new Promise((resolve) => {
    channel.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
      received += data.byteLength
      if (received >= length) resolve((performance.now() - startedAt) / 1000)
    }
  })
}

function opened(channel: RTCDataChannel): Promise<unknown> {
  if (channel.readyState === 'open') return Promise.resolve()
  return new Promise((resolve) => channel.addEventListener('open', resolve, { once: true }))
}
