import type { Bytes } from '../../engine/model/units.ts'

/** Chromium reads files 64 KiB at a time, and headers are tiny: each chunk costs its writer a message. */
const GATHERED: Bytes = 2 ** 20

/** The same bytes in chunks of a mebibyte (the last one shorter), counted as they are read. */
export function gathered(
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
  onBytes: (more: Bytes) => void,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let held = new Uint8Array(GATHERED)
  let at = 0
  return bytes.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        onBytes(chunk.length)
        for (let from = 0; from < chunk.length;) {
          const part = chunk.subarray(from, from + GATHERED - at)
          held.set(part, at)
          at += part.length
          from += part.length
          if (at < GATHERED) continue
          controller.enqueue(held)
          held = new Uint8Array(GATHERED)
          at = 0
        }
      },
      flush(controller) {
        if (at > 0) controller.enqueue(held.slice(0, at))
      },
    }),
  )
}
