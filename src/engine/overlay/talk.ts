import type { OverlayStream } from '../contracts/overlay.ts'
import type { Bytes } from '../model/units.ts'
import { makeFrameReader } from './frames.ts'

/** What is said on one protocol, and how much of it. */
export interface Language<Message> {
  /** What a frame says; null when it says nothing we know. */
  read(frame: Uint8Array): Message | null
  /** The message as one frame. */
  write(message: Message): Uint8Array<ArrayBuffer>
  readonly maxFrame: Bytes
  /** All that a peer may say in one conversation. */
  readonly maxHeard: Bytes
  /** Said to whoever sends what is no message. */
  readonly malformed: Message
  /** Said when nothing more is. */
  readonly close: Message
}

/** Messages over one stream. What is no message ends it. */
export interface Talk<Message> {
  readonly stream: OverlayStream
  /** Said in order; lost without a word when the stream is closed. */
  say(message: Message): void
  /** The next message, kept until it is asked for; null when there is none to come. */
  next(): Promise<Message | null>
  /** Bytes behind what was said. Resolves when there is room for more, rejects when it is closed. */
  send(bytes: Uint8Array<ArrayBuffer>): Promise<void>
  /** Ends the talk: every frame from now on goes to `take`, which is told null after the last. */
  release(take: (frame: Uint8Array<ArrayBuffer> | null) => void): void
  /** Says `close` and closes the stream. */
  end(): void
}

export function makeTalk<Message>(
  stream: OverlayStream,
  language: Language<Message>,
): Talk<Message> {
  const reader = makeFrameReader(language.maxFrame)
  /** Read when they are asked for: whether a frame is a message depends on what was said before it. */
  const heard: Uint8Array<ArrayBuffer>[] = []
  let waiting: ((message: Message | null) => void) | null = null
  let released: ((frame: Uint8Array<ArrayBuffer> | null) => void) | null = null
  let length: Bytes = 0
  let over = false
  let saying = Promise.resolve()

  const finish = () => {
    if (over) return
    over = true
    waiting?.(null)
    waiting = null
    released?.(null)
  }
  const send = (bytes: Uint8Array<ArrayBuffer>): Promise<void> => {
    const sent = saying.then(() => stream.send(bytes))
    // It fails when the stream is closed, and then there is nobody to say more to.
    saying = sent.catch(() => {})
    return sent
  }
  const say = (message: Message) => {
    send(language.write(message)).catch(() => {})
  }
  const fail = (reason: string) => {
    if (released === null) say(language.malformed)
    void saying.finally(() => stream.abort(reason))
    finish()
  }
  const read = (frame: Uint8Array): Message | null => {
    const message = language.read(frame)
    if (message === null) fail('a frame is no message')
    return message
  }

  void stream.closed.then(finish)
  stream.onbytes = (bytes) => {
    if (over) return
    if (released === null) length += bytes.length
    if (length > language.maxHeard) return fail('it says too much')
    const frames = reader.push(bytes)
    if (frames === null) return fail('a frame is too long')
    for (const frame of frames) {
      if (released !== null) {
        released(frame)
      } else if (waiting === null) {
        heard.push(frame)
      } else {
        const tell = waiting
        waiting = null
        tell(read(frame))
      }
    }
  }

  return {
    stream,
    say,
    send,
    next() {
      const frame = heard.shift()
      if (frame !== undefined) return Promise.resolve(read(frame))
      if (over) return Promise.resolve(null)
      return new Promise((resolve) => (waiting = resolve))
    },
    release(take) {
      released = take
      for (const frame of heard.splice(0)) take(frame)
      if (over) take(null)
    },
    end() {
      if (!over) say(language.close)
      void saying.finally(() => stream.close())
      finish()
    },
  }
}
