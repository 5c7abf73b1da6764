/**
 * The part of an address that a person recognises. Foreign text: a text that is no URL is
 * cut short, never trusted to be one.
 */
export function hostOf(address: string): string {
  const LONGEST = 60
  if (URL.canParse(address)) {
    const { host } = new URL(address)
    if (host !== '') return host
  }
  return address.length > LONGEST ? `${address.slice(0, LONGEST)}…` : address
}
