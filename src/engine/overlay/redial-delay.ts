import { MINUTE, SECOND, type Millis } from '../model/units.ts'

const FIRST: Millis = 100
const GROWTH = 1.6
/** A relay that restarts is back soon: until this long after it went, it is asked often. */
const EAGER: Millis = 2 * MINUTE
const MOST_WHILE_EAGER: Millis = 1.2 * SECOND
const MOST: Millis = 15 * SECOND
/** Share of the delay that is left to chance, so that a relay's peers do not come back as one. */
const JITTER = 0.25

/**
 * How long to wait before a lost relay is asked again. What is repeated is a small request, not
 * a socket, so it may be often: 4 to 5 s until a relay was found again with sockets alone, 0.1 s so.
 *
 * @param attempt from 0, the failures in a row
 * @param away how long the relay has been lost
 * @param chance from 0 to 1
 */
export function redialDelay(attempt: number, away: Millis, chance: number): Millis {
  const most = away < EAGER ? MOST_WHILE_EAGER : MOST
  const delay = Math.min(most, FIRST * GROWTH ** Math.min(attempt, 30))
  return Math.round(delay * (1 - JITTER * chance))
}
