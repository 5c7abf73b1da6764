/** Starts a thread for one saving. Throws where the page's policy does not let the script in. */
export function startSaveWorker(): Worker {
  // Written out in one piece: the bundler finds the worker by this very expression.
  return new Worker(new URL('../save.worker.ts', import.meta.url), {
    type: 'module',
    name: 'save',
  })
}
