import type { Page } from 'puppeteer-core'
import type { Chiral } from '../../src/workers/page/chiral-interface.ts'

/** Before the browser's driver gives up (`protocolTimeout`), which tells nothing about why. */
const PATIENCE = 90_000
/** For one page's part of a diagnosis: what hangs does not answer that either. */
const TO_ANSWER = 10_000
/** Of the text of what was asked. */
const MOST_TEXT = 400

/** Every page of this process that was made patient and is open: the cause may lie at the other side. */
const open = new Map<Page, string>()
let made = 0

/**
 * Makes `page.evaluate` say, when it has not answered for long, what it was asked and what every app
 * page of this test knows at that moment: its list, its peers, its trackers, and which of the calls
 * to its engine are answered at all.
 */
export function makePatient(page: Page): void {
  open.set(page, `page ${(made += 1)}`)
  page.once('close', () => open.delete(page))
  const evaluate = page.evaluate.bind(page)
  const patient: Page['evaluate'] = (asked, ...args) => {
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(() => {
      void diagnosis().then((text) => {
        const what = `${String(asked)} ${JSON.stringify(args)}`.slice(0, MOST_TEXT)
        late.reject(new Error(`${open.get(page)} has not answered: ${what}\n${text}`))
      })
    }, PATIENCE)
    return Promise.race([evaluate(asked, ...args), late.promise]).finally(() => clearTimeout(timer))
  }
  page.evaluate = patient
  evaluates.set(page, evaluate)
}

/** The driver's own, without patience. */
const evaluates = new WeakMap<Page, Page['evaluate']>()

async function diagnosis(): Promise<string> {
  const told = [...open].map(async ([page, name]) => {
    const evaluate = evaluates.get(page)
    const answer = evaluate === undefined ? 'it was not asked' : await inTime(evaluate(lookAround))
    return `${name}, ${page.url()}: ${answer}`
  })
  return (await Promise.all(told)).join('\n')
}

/** Runs in the page. Its own texts only: a function is sent without what it closes over. */
async function lookAround(): Promise<string> {
  const { chiral } = window as unknown as { readonly chiral: Chiral }
  const answered = async (asked: Promise<unknown>): Promise<unknown> =>
    Promise.race([
      asked.catch((thrown: unknown) => `rejected: ${String(thrown)}`),
      new Promise((resolve) => setTimeout(() => resolve('NO ANSWER'), 2_000)),
    ])
  const torrents = chiral.list().map(async (torrent) => ({
    torrent,
    trackers: await answered(chiral.trackers(torrent.infoHash)),
    peers: await answered(chiral.peers(torrent.infoHash)),
  }))
  const { held = [], pending = [] } = await navigator.locks.query()
  return JSON.stringify({
    ready: await answered(chiral.ready.then(() => 'yes')),
    settings: await answered(chiral.settings()),
    torrents: await Promise.all(torrents),
    held: held.map(({ name }) => name),
    pending: pending.map(({ name }) => name),
    visible: document.visibilityState,
  })
}

async function inTime(answer: Promise<string>): Promise<string> {
  const late = Promise.withResolvers<string>()
  const timer = setTimeout(() => late.resolve('the page itself does not answer'), TO_ANSWER)
  try {
    return await Promise.race([answer, late.promise])
  } catch (thrown) {
    return `it cannot be asked: ${String(thrown)}`
  } finally {
    clearTimeout(timer)
  }
}
