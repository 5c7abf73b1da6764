import { makeMetainfo } from '../../src/engine/make-metainfo.ts'

addEventListener('message', ({ data }: MessageEvent<File>) => {
  const start = performance.now()
  const files = [{ path: data.name, file: data }]
  const signal = new AbortController().signal
  makeMetainfo(files, {}, { signal }).then(
    (made) => {
      if (!made.ok) return reportError(new Error(made.error.kind))
      postMessage((performance.now() - start) / 1000)
    },
    (thrown: unknown) => reportError(thrown),
  )
})
