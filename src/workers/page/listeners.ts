/** Those who want to hear of something, told in the order in which they came. */
export interface Listeners<Value> {
  /** Returns the function that stops listening. */
  readonly add: (listener: (value: Value) => void) => () => void
  readonly tell: (value: Value) => void
}

export function makeListeners<Value>(): Listeners<Value> {
  // Boxed, so that a function added twice is told twice and taken back once.
  const boxes = new Set<{ readonly listener: (value: Value) => void }>()

  return {
    add(listener) {
      const box = { listener }
      boxes.add(box)
      return () => void boxes.delete(box)
    },

    tell(value) {
      for (const { listener } of boxes) {
        try {
          listener(value)
        } catch (thrown) {
          // One listener's bug is reported as an uncaught error and is not the others' loss.
          queueMicrotask(() => {
            throw thrown
          })
        }
      }
    },
  }
}
