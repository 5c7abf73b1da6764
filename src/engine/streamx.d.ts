/**
 * The part of streamx that `PeerLink` and WebTorrent's wires share. Own declarations, because
 * the published ones bring all of Node's types into a worker.
 */
declare module 'streamx' {
  import { EventEmitter } from 'events'

  export type Done = (error?: Error | null) => void

  export class Duplex extends EventEmitter {
    constructor(options?: { highWaterMark?: number })
    readonly destroyed: boolean
    readonly destroying: boolean
    /** Null ends the readable side. False says that the reader is behind. */
    push(chunk: Uint8Array | null): boolean
    write(chunk: Uint8Array): boolean
    end(): this
    destroy(error?: Error | null): void
    _write(chunk: Uint8Array, done: Done): void
    _writev(chunks: readonly Uint8Array[], done: Done): void
    _read(done: Done): void
    _predestroy(): void
    _destroy(done: Done): void
  }
}

declare module 'events' {
  export class EventEmitter {
    // Listeners take what the emitter's documentation says; this house names it where it listens.
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    on(event: string, listener: (...args: any[]) => void): this
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    once(event: string, listener: (...args: any[]) => void): this
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    removeListener(event: string, listener: (...args: any[]) => void): this
    emit(event: string, ...args: unknown[]): boolean
  }
}
