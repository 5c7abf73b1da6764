import { makeMetainfo } from '../../src/engine/make-metainfo.ts'

addEventListener('message', ({ data }: MessageEvent<File>) => {
  const start = performance.now()
  const files = [{ path: data.name, file: data }]
  void makeMetainfo(files, {}, { signal: new AbortController().signal }).then((made) => {
    if (!made.ok) throw new Error(made.error.kind)
    postMessage((performance.now() - start) / 1000)
  })
})
