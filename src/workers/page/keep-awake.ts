import { makeKeptState } from '../../engine/model/kept-state.ts'
import { SECOND, type Millis } from '../../engine/model/units.ts'
import type { EngineClient } from '../protocol/engine-client.ts'
import { somethingMoves } from './moving.ts'

/** How old the page's knowledge of the setting may be; another tab may have changed it. */
const ASK_AGAIN: Millis = 5 * SECOND

/** The part of a `WakeLockSentinel` that is used. */
export interface Awake {
  release(): Promise<void>
}

export interface KeepAwakeDeps {
  readonly client: EngineClient
  readonly document: Pick<Document, 'visibilityState' | 'addEventListener'>
  /** `navigator.wakeLock`; undefined where the browser has none. */
  readonly wakeLock: { request(type: 'screen'): Promise<Awake> } | undefined
}

/**
 * Keeps the screen on, if a person wants that, while something moves and the page is in front: a
 * device that sleeps takes the transfer with it. (The browser itself lets go when the page is hidden.)
 */
export function keepAwake({ client, document, wakeLock }: KeepAwakeDeps): void {
  if (wakeLock === undefined) return
  const kept = makeKeptState()
  let awake: Awake | null = null
  let wanted = false
  let askedAt = -Infinity
  let turn: Promise<void> = Promise.resolve()

  const readSetting = async () => {
    if (performance.now() - askedAt < ASK_AGAIN) return
    askedAt = performance.now()
    const settings = await client.call('settings.get', null)
    wanted = settings.ok && settings.value.keepAwake
  }

  const look = async () => {
    const moves = document.visibilityState === 'visible' && somethingMoves(kept.current())
    if (moves) await readSetting()
    if (moves && wanted) {
      // Refused where the battery is low, among others: then the device sleeps as it always does.
      awake ??= await wakeLock.request('screen').catch(() => null)
    } else {
      const last = awake
      awake = null
      await last?.release()
    }
  }
  /** One after the other, so that no lock is asked for twice. */
  const lookInTurn = () => {
    turn = turn.then(look)
  }

  client.onNotice((notice) => {
    if (notice.type === 'trouble') return
    if (notice.type === 'state-replaced') kept.replace(notice.state)
    else for (const change of notice.changes) kept.put(change)
    lookInTurn()
  })
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') awake = null
    lookInTurn()
  })
}
