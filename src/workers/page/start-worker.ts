/** Starts the engine's thread. Throws where the page's policy does not let the script in. */
export function startWorker(): Worker {
  // Written out in one piece: the bundler finds the worker by this very expression.
  return new Worker(new URL('../engine.worker.ts', import.meta.url), {
    type: 'module',
    name: 'engine',
  })
}
