/** Decides before any handshake whether one more connection of an address is taken. */
export interface Admission {
  /** The function that gives the place back, to be called once; `null` when there is none left. */
  admit(address: string | null): (() => void) | null
}

/**
 * Many people may share one address, behind a school's or a carrier's NAT, so this bounds what one
 * address may take from all others, and not what one person may do.
 */
export const CONNECTIONS_PER_ADDRESS = 512

/** `null` stands for an address that is not counted. */
export function makeAdmission(perAddress: number = CONNECTIONS_PER_ADDRESS): Admission {
  const taken = new Map<string, number>()

  const release = (address: string): void => {
    const left = (taken.get(address) ?? 1) - 1
    if (left === 0) taken.delete(address)
    else taken.set(address, left)
  }

  return {
    admit(address) {
      if (address === null) return () => {}
      const count = taken.get(address) ?? 0
      if (count >= perAddress) return null
      taken.set(address, count + 1)
      return () => release(address)
    },
  }
}
