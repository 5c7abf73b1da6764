/**
 * Lets one after the other begin something that takes a while, each in a task of its own: between
 * them this thread hears its page, its peers and its timers. Who comes when nobody waits begins at
 * once.
 */
export function makeOneByOne(): () => Promise<void> {
  let last: Promise<void> | null = null

  return () => {
    const before = last
    const turn = (before ?? Promise.resolve()).then(() => (before === null ? undefined : aTask()))
    last = turn
    void turn.then(aTask).then(() => {
      if (last === turn) last = null
    })
    return turn
  }
}

/** Resolves in a later task; without the 4 ms that nested timers wait (HTML, timers). */
function aTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })
}
