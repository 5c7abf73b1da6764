export {}

// A page for tests that bring their own script, with a worker that answers what it is told.
const worker = new Worker(new URL('./echo.worker.ts', import.meta.url), { type: 'module' })

Object.assign(globalThis, {
  echo: (message: unknown) =>
    new Promise((resolve) => {
      worker.addEventListener('message', (event) => resolve(event.data), { once: true })
      worker.postMessage(message)
    }),
})
