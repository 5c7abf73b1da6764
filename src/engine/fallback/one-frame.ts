import type { OverlayStream } from '../contracts/overlay.ts'
import type { Bytes } from '../model/units.ts'
import { makeFrameReader } from '../overlay/frames.ts'

/**
 * The first frame a peer says on a stream, and the last that is listened to. Null when it says none:
 * it closed, its frame is too long, or `signal` was aborted.
 */
export async function oneFrame(
  stream: OverlayStream,
  maxLength: Bytes,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const { promise, resolve } = Promise.withResolvers<Uint8Array<ArrayBuffer> | null>()
  const reader = makeFrameReader(maxLength)
  const giveUp = () => resolve(null)
  if (signal.aborted) giveUp()
  signal.addEventListener('abort', giveUp, { once: true })
  void stream.closed.then(giveUp)
  stream.onbytes = (bytes) => {
    const frames = reader.push(bytes)
    const [first = null] = frames ?? []
    if (frames === null || first !== null) resolve(first)
  }
  try {
    return await promise
  } finally {
    stream.onbytes = () => {}
    signal.removeEventListener('abort', giveUp)
  }
}
