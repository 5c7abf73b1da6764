import type { Stream } from '@libp2p/interface'

/** Bits of a varint byte. */
const MORE = 0x80
const VALUE = 0x7f
/** A length that needs more bytes than this is above every limit here. */
const LENGTH_BYTES = 4

/**
 * Resets a stream of length-prefixed messages as soon as one is announced that is longer than
 * `longest` bytes. The library takes 4 MiB, reads hundreds of thousands of addresses out of them,
 * and does nothing else meanwhile.
 *
 * @param howMany messages to look at; what follows them is something else.
 */
export function guardMessages(stream: Stream, longest: number, howMany = Infinity): void {
  let left = howMany
  let toSkip = 0
  let length = 0
  let shift = 0

  const onMessage = ({ data }: { readonly data: { subarray(): Uint8Array } }): void => {
    const bytes = data.subarray()
    for (let at = 0; at < bytes.length;) {
      if (toSkip > 0) {
        const skipped = Math.min(toSkip, bytes.length - at)
        toSkip -= skipped
        at += skipped
        if (toSkip === 0 && --left === 0) return stop()
        continue
      }
      const byte = bytes[at++] ?? 0
      length += (byte & VALUE) * 2 ** shift
      shift += 7
      const isComplete = (byte & MORE) === 0
      if (length > longest || (!isComplete && shift >= LENGTH_BYTES * 7)) {
        stop()
        return stream.abort(new Error('A message is longer than it may be.'))
      }
      if (!isComplete) continue
      toSkip = length
      length = 0
      shift = 0
      if (toSkip === 0 && --left === 0) return stop()
    }
  }
  const stop = (): void => stream.removeEventListener('message', onMessage)
  stream.addEventListener('message', onMessage)
}
