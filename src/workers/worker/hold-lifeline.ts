/**
 * Holds the lock of this name for as long as the thread lives. The browser gives it to the page
 * that waits for it when the thread has ended, also when it ended without a word.
 *
 * Resolves once it is held, which has to be before `ready`: the page looks for it then.
 */
export function holdLifeline(name: string): Promise<void> {
  return new Promise((held) => {
    void navigator.locks.request(name, () => {
      held()
      return new Promise(() => {})
    })
  })
}
