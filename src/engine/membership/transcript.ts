/**
 * Bytes to sign or to authenticate: the label, then every part behind its length (two bytes, high
 * one first). No two lists of parts give the same bytes, and no label's give another's.
 */
export function transcript(
  label: string,
  ...parts: readonly Uint8Array[]
): Uint8Array<ArrayBuffer> {
  const all = [new TextEncoder().encode(label), ...parts]
  const bytes = new Uint8Array(all.reduce((length, part) => length + 2 + part.length, 0))
  const view = new DataView(bytes.buffer)
  let at = 0
  for (const part of all) {
    if (part.length > 0xffff) throw new Error('a part of a transcript has at most 65,535 bytes')
    view.setUint16(at, part.length)
    bytes.set(part, at + 2)
    at += 2 + part.length
  }
  return bytes
}
