export {}

/** Firefox ends a worker that waits for nothing but storage, once nobody refers to it. */
const running = new Set<Worker>()

// Runs one case of a contract in a worker of its own: `runContract(suite, name)` of the page.
Object.assign(globalThis, {
  runContract: (suite: string, name: string) =>
    new Promise((resolve) => {
      const worker = new Worker(new URL('./contract.worker.ts', import.meta.url), {
        type: 'module',
      })
      running.add(worker)
      const end = (failure: unknown) => {
        worker.terminate()
        running.delete(worker)
        resolve(failure)
      }
      worker.addEventListener('message', ({ data }) => end(data))
      worker.addEventListener('error', ({ message }) => end(`the worker failed: ${message}`))
      worker.postMessage({ suite, name })
    }),
})
