/**
 * One promise of a contract. A suite is a plain list of these, so that the same list runs in
 * Node against the adapters in memory and in a browser's worker against the real ones.
 */
export interface ContractCase<Setup> {
  /** A sentence about behaviour; unique in its suite. */
  readonly name: string
  /** Throws when the promise is broken. */
  readonly run: (setup: Setup) => Promise<void>
}
