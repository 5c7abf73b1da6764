import { mkdir } from 'node:fs/promises'
import type { Log } from '../log.ts'
import { lockFolder } from './folder-lock.ts'
import { openGrantFile } from './grant-file.ts'
import { makeGrantWriter, NO_WRITER, type GrantWriter } from './grant-writer.ts'
import { REDEMPTION_LIMITS, type RedemptionLimits } from './redemption-limits.ts'
import { makeUseCounters, type Claim, type RefusedClaim, type UseCounters } from './use-counters.ts'

/** The one place that counts how often the invites that name this relay are used. */
export interface Redemptions {
  /** Resolves once the answer holds whatever happens next: what is granted is on disk. Never rejects. */
  claim(claim: Claim): Promise<Redemption>
  /** The room that granting it now would take, of what one address may fill. */
  takes(claim: Claim): ReturnType<UseCounters['takes']>
  readonly size: RedemptionSize
  /** Nothing is granted from now on. Resolves when everything is on disk. */
  close(): Promise<void>
}

export type Redemption =
  | { readonly name: 'granted'; readonly used: number }
  | RefusedClaim
  /** Nothing was counted: there is no room, or the disk did not take it, or another relay counts. */
  | { readonly name: 'unavailable' }

export interface RedemptionSize {
  readonly tokens: number
  readonly claims: number
  /** Since the start; one that is repeated counts once. */
  readonly granted: number
  readonly refused: number
}

export interface RedemptionsInit {
  /** Where they are kept, made when missing; `null` keeps them until the process ends. */
  readonly folder: string | null
  readonly log: Log
  readonly limits?: RedemptionLimits
  /** Milliseconds since 1970. */
  readonly now?: () => number
  /** How the file is opened; tests put disks in between that fail. */
  readonly openFile?: typeof openGrantFile
}

/** How often what expired is looked for, in ms. */
const SWEEP_INTERVAL = 3_600_000
/** While another process counts in the folder: it is on its way out, or a mistake. In ms. */
const LOCK_INTERVAL = 1_000

/** Rejects when what is kept cannot be read, or nothing can be written. */
export async function openRedemptions(init: RedemptionsInit): Promise<Redemptions> {
  const { log, now = Date.now } = init
  const total = { granted: 0, refused: 0 }
  let isClosed = false
  let kept = await openKept(init)
  let waiting: Promise<void> | null = null

  const openLater = async (): Promise<void> => {
    try {
      kept = await openKept(init)
    } catch (thrown) {
      log.error('uses of invites cannot be read', { reason: reasonOf(thrown) })
    }
  }
  const locking = setInterval(() => {
    if (kept === null) waiting ??= openLater().finally(() => (waiting = null))
    else clearInterval(locking)
  }, LOCK_INTERVAL)
  locking.unref()
  if (kept === null) log.warn('another relay counts uses of invites in this folder')
  const sweeping = setInterval(() => {
    if (kept === null || kept.counters.forget(now()) === 0) return
    kept.writer
      .rewrite()
      .catch((thrown) => log.warn('expired invites stay on disk', { reason: reasonOf(thrown) }))
  }, SWEEP_INTERVAL)
  sweeping.unref()

  const grant = async ({ writer }: Kept, claim: Claim): Promise<boolean> => {
    try {
      await writer.write(claim)
      total.granted++
      return true
    } catch (thrown) {
      log.error('a use of an invite cannot be kept', { reason: reasonOf(thrown) })
      return false
    }
  }

  return {
    async claim(claim) {
      for (;;) {
        if (isClosed || kept === null) return { name: 'unavailable' }
        const { counters, writer } = kept
        const writing = writer.writing(claim.token)
        const decision = counters.decide(claim, now())
        if (decision.name === 'full') {
          log.warn('no room for more uses of invites')
          return { name: 'unavailable' }
        }
        if (decision.name === 'granted' && decision.isNew) {
          const isKept = await grant(kept, claim)
          return isKept ? { name: 'granted', used: decision.used } : { name: 'unavailable' }
        }
        // What is being written may still fail: until then nobody is told that it was used.
        if (writing !== null) {
          await writing
          continue
        }
        if (decision.name === 'granted') return { name: 'granted', used: decision.used }
        total.refused++
        return decision
      }
    },
    takes: (claim) => kept?.counters.takes(claim) ?? 'nothing',
    get size() {
      const { tokens, claims } = kept?.counters ?? { tokens: 0, claims: 0 }
      return { tokens, claims, ...total }
    },
    async close() {
      isClosed = true
      clearInterval(sweeping)
      clearInterval(locking)
      await waiting
      await kept?.writer.close()
      await kept?.unlock()
    },
  }
}

interface Kept {
  readonly counters: UseCounters
  readonly writer: GrantWriter
  unlock(): Promise<void>
}

/** `null` while another process counts in that folder. */
async function openKept(init: RedemptionsInit): Promise<Kept | null> {
  const { folder, log, limits = REDEMPTION_LIMITS, now = Date.now, openFile = openGrantFile } = init
  const counters = makeUseCounters(limits)
  if (folder === null) return { counters, writer: NO_WRITER, unlock: async () => {} }

  await mkdir(folder, { recursive: true, mode: 0o700 })
  const unlock = await lockFolder(folder)
  if (unlock === null) return null
  try {
    const file = await openFile(folder, () => counters.granted())
    for (const claim of file.found) counters.restore(claim)
    if (file.damaged > 0) log.warn('spoiled uses of invites', { records: file.damaged })
    counters.forget(now())
    // What follows starts at the end of a whole record, and what expired is gone from the disk.
    await file.rewrite()
    return { counters, writer: makeGrantWriter(file, (claim) => counters.undo(claim)), unlock }
  } catch (thrown) {
    await unlock()
    throw thrown
  }
}

function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
