import type { GrantFile } from './grant-file.ts'
import type { Claim } from './use-counters.ts'

/** Lets many write to one file at once: whatever comes while a batch is written is the next one. */
export interface GrantWriter {
  /** Resolves when it is on disk; rejects when that cannot be said. */
  write(claim: Claim): Promise<void>
  /** Resolves when the writing of this token's claims is over, well or not; `null`: there is none. */
  writing(token: string): Promise<void> | null
  rewrite(): Promise<void>
  /** After all that was asked before. */
  close(): Promise<void>
}

/**
 * @param undo called for each claim that could not be written, before anybody hears of it: who waited
 * to see whether an invite is used finds it free
 */
export function makeGrantWriter(
  file: Pick<GrantFile, 'append' | 'rewrite' | 'close'>,
  undo: (claim: Claim) => void,
): GrantWriter {
  let next: { readonly claims: Claim[]; readonly written: Promise<void> } | null = null
  /** The end of all that was asked; never rejects. */
  let last: Promise<void> = Promise.resolve()
  const unwritten = new Map<string, Promise<void>>()

  const after = (work: () => Promise<void>): Promise<void> => {
    const done = last.then(work)
    last = done.catch(() => {})
    return done
  }

  const newBatch = () => {
    const claims: Claim[] = []
    const written = after(async () => {
      next = null
      try {
        await file.append(claims)
      } catch (thrown) {
        claims.forEach(undo)
        throw thrown
      }
    })
    return { claims, written }
  }

  return {
    async write(claim) {
      next ??= newBatch()
      next.claims.push(claim)
      const { written } = next
      const over = written.catch(() => {})
      unwritten.set(claim.token, over)
      try {
        await written
      } finally {
        if (unwritten.get(claim.token) === over) unwritten.delete(claim.token)
      }
    },
    writing: (token) => unwritten.get(token) ?? null,
    rewrite: () => after(() => file.rewrite()),
    close: () => after(() => file.close()),
  }
}

/** For a relay that keeps nothing. */
export const NO_WRITER: GrantWriter = {
  write: async () => {},
  writing: () => null,
  rewrite: async () => {},
  close: async () => {},
}
