declare global {
  interface Window {
    /** Seconds to make a torrent of that many bytes. */
    benchHash(length: number): Promise<number>
  }
}

window.benchHash = (length) => {
  const part = new Blob([new Uint8Array(16 * 2 ** 20).map((_, at) => at * 7 + (at >> 9))])
  const parts: BlobPart[] = []
  for (let at = 0; at < length; at += part.size) {
    parts.push(part.slice(0, Math.min(part.size, length - at)))
  }
  const worker = new Worker(new URL('./bench-hash.worker.ts', import.meta.url), { type: 'module' })
  return new Promise((resolve, reject) => {
    worker.onerror = ({ message }) => reject(new Error(message))
    worker.onmessage = ({ data }: MessageEvent<number>) => {
      worker.terminate()
      resolve(data)
    }
    worker.postMessage(new File(parts, 'hashed.bin'))
  })
}
