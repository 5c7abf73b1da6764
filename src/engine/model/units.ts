/** Units carry their name in the type, so that a signature reads as a sentence. */
export type Bytes = number
export type BytesPerSecond = number
export type Millis = number
/** Milliseconds since 1970, from `Date.now()`. Shown to people; durations use `performance.now()`. */
export type Timestamp = number

export const KIB: Bytes = 1024
export const MIB: Bytes = 1024 * KIB
export const GIB: Bytes = 1024 * MIB

export const SECOND: Millis = 1000
export const MINUTE: Millis = 60 * SECOND
export const HOUR: Millis = 60 * MINUTE

/** The unit peers request (BEP 3; every client since 2004 uses this length). */
export const BLOCK_LENGTH: Bytes = 16 * KIB
