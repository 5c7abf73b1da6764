declare const __CHIRAL_BUILD__: string

/** Page and worker ship together: this text is the same in both, or one of them is stale. */
export const BUILD: string = __CHIRAL_BUILD__
