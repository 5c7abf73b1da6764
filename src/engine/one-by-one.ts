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

/** Resolves in a later task. Nested timers wait 4 ms (HTML, timers): a thousand take seconds, in peace. */
function aTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve))
}
