/** Does one thing after the other; one that fails stops none after it. */
export type InTurn = <Value>(task: () => Promise<Value>) => Promise<Value>

export function makeInTurn(): InTurn {
  let last: Promise<void> = Promise.resolve()

  return (task) => {
    const done = last.then(task)
    last = done.then(
      () => undefined,
      () => undefined, // whoever waits for `done` hears of it
    )
    return done
  }
}
