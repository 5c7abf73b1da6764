import type { Page } from 'puppeteer-core'
import type { BridgePage, Carriage } from '../pages/rtc-bridge.ts'
import type { Peer } from '../pages/rtc-bridge.worker.ts'
import type { TestBrowser } from './browsers.ts'

/** A page of `rtc-bridge.html` with its worker running. */
export interface RtcPeer {
  readonly page: Page
  /** Asks the worker; the table of what it can do is `Peer`. */
  ask<Name extends keyof Peer>(
    name: Name,
    ...args: Parameters<Peer[Name]>
  ): Promise<Awaited<ReturnType<Peer[Name]>>>
  live(): Promise<number>
  transferred(): Promise<number>
  stopHost(): Promise<void>
  terminateWorker(): Promise<void>
}

declare const bridge: BridgePage // put there by the page

export async function startPeer(
  browser: TestBrowser,
  origin: string,
  carriage: Carriage,
): Promise<RtcPeer> {
  const page = await browser.newPage(`${origin}/rtc-bridge.html`)
  await page.evaluate((carriage) => bridge.start(carriage), carriage)

  return {
    page,
    ask: async (name, ...args) =>
      // What the worker's function answers, by way of two clones.
      (await page.evaluate((name, args) => bridge.call(name, args), name, args)) as never,
    live: () => page.evaluate(() => bridge.live()),
    transferred: () => page.evaluate(() => bridge.transferred()),
    stopHost: () => page.evaluate(() => bridge.stopHost()),
    terminateWorker: () => page.evaluate(() => bridge.terminateWorker()),
  }
}

/** Offer and answer, carried by hand; both channels are open when it is done. */
export async function connect(
  caller: RtcPeer,
  callee: RtcPeer,
  use: 'echo' | 'collect' | 'ignore',
): Promise<void> {
  const offer = await caller.ask('offer')
  const answer = await callee.ask('answer', offer, use)
  await caller.ask('accept', answer)
  await Promise.all([caller.ask('opened'), callee.ask('opened')])
}
