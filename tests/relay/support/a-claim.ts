import { createHash, randomUUID } from 'node:crypto'
import type { Claim } from '../../../relay/redemptions/use-counters.ts'

/** A claim on an invite for one that nobody has made before, which expires in an hour. */
export function aClaim(fields: Partial<Claim> = {}): Claim {
  return {
    token: digestOf(randomUUID()),
    claim: digestOf(randomUUID()),
    uses: 1,
    expires: Math.floor(Date.now() / 1000) + 3600,
    ...fields,
  }
}

export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
