import type { Claim } from '../../../relay/redemptions/use-counters.ts'

export interface Redeemed {
  readonly status: number
  readonly granted?: boolean
  readonly why?: string | null
  readonly used?: number
  readonly uses?: number
  readonly now?: number
  readonly error?: string
}

export async function redeem(port: number, claim: Claim): Promise<Redeemed> {
  return post(port, JSON.stringify(claim))
}

export async function post(
  port: number,
  body: string | Uint8Array<ArrayBuffer>,
): Promise<Redeemed> {
  const response = await fetch(`http://127.0.0.1:${port}/redemptions`, { method: 'POST', body })
  // Our own answer; the tests look at its fields.
  return { status: response.status, ...((await response.json()) as object) }
}
