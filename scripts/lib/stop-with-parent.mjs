const LOOK_INTERVAL = 500 // milliseconds

/**
 * Ends this process, as SIGTERM would, when the process that started it is gone. npm passes a
 * signal on to the shell it ran us in and not to us: without this, ending `npm start` from a
 * script would leave the relay running with its port taken.
 *
 * Only under npm: started directly, it is nobody's business that the shell went away (`nohup`).
 */
export function stopWithParent() {
  if (process.env['npm_lifecycle_event'] === undefined || process.platform === 'win32') return
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    process.kill(process.pid, 'SIGTERM')
  }, LOOK_INTERVAL)
  watch.unref()
}
