/** Runs what it is given, a few at a time, in the order it came. */
export interface FewAtOnce {
  run<Value>(act: () => Promise<Value>): Promise<Value>
}

/** A relay serves a page a few streams of the DHT at a time; a hundred torrents ask at once. */
export function makeFewAtOnce(most: number): FewAtOnce {
  const waiting: (() => void)[] = []
  let running = 0

  return {
    async run(act) {
      if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve))
      else running += 1
      try {
        return await act()
      } finally {
        // Whoever waits takes the place over; nobody else can have it meanwhile.
        const next = waiting.shift()
        if (next === undefined) running -= 1
        else next()
      }
    },
  }
}
