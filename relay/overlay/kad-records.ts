import type { ValidateFn } from '@libp2p/kad-dht'

/**
 * The relay keeps provider records and no others: a value costs memory for two days, and nothing
 * of ours is kept that way. Without an own entry the library would take public keys under `/pk`.
 */
export const REFUSE_VALUES: Readonly<Record<string, ValidateFn>> = {
  pk: () => Promise.reject(new Error('This relay keeps no values.')),
}
