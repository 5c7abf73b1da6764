import { once } from 'node:events'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'

export type Message = Readonly<Record<string, unknown>>

/** A bare client that says exactly what a test tells it to say. */
export interface TrackerPeer {
  readonly peerId: string
  /** Everything heard so far, oldest first. */
  readonly heard: readonly Message[]
  send(message: unknown): void
  sendBinary(message: unknown): void
  /** Resolves with the first message, heard already or still to come, that fits. */
  hears(fits: (message: Message) => boolean): Promise<Message>
  /** Announces, and resolves with the tracker's own answer. */
  announce(infoHash: string, members?: Message): Promise<Message>
  /** Resolves once the tracker has handled all that this peer said before. */
  settled(): Promise<void>
  /** Resolves when the tracker has asked for a sign of life and has got it. */
  pinged(): Promise<void>
  /** Resolves with the code the connection was closed with. */
  readonly closed: Promise<number>
  leave(): Promise<void>
}

/** Twenty characters, as info hashes, peer ids and offer ids have. */
export function anId(name: string): string {
  return name.padEnd(20, '-').slice(0, 20)
}

export function anOffer(name: string, sdp = `v=0 ${name}`) {
  return { offer_id: anId(name), offer: { type: 'offer', sdp } }
}

export async function joinTracker(
  url: string,
  name = 'peer',
  headers: Readonly<Record<string, string>> = {},
): Promise<TrackerPeer> {
  const socket = new WebSocket(url, { headers })
  const heard: Message[] = []
  const listeners = new Set<() => void>()
  const peerId = anId(name)
  let settles = 0

  socket.on('message', (data: Buffer) => {
    heard.push(JSON.parse(data.toString()) as Message)
    for (const listener of listeners) listener()
  })
  socket.on('error', () => {})
  const closed = new Promise<number>((resolve) => socket.once('close', resolve))
  await once(socket, 'open')
  onTestFinished(() => socket.terminate())

  const hearsAfter = (seen: number, fits: (message: Message) => boolean) =>
    new Promise<Message>((resolve, reject) => {
      let next = seen
      const look = (): void => {
        for (const message of heard.slice(next)) {
          if (!fits(message)) continue
          listeners.delete(look)
          return resolve(message)
        }
        next = heard.length
      }
      listeners.add(look)
      void closed.then((code) => reject(new Error(`closed with ${code} instead`)))
      look()
    })
  const send = (message: unknown): void =>
    socket.send(typeof message === 'string' ? message : JSON.stringify(message))

  const settled = async (): Promise<void> => {
    const seen = heard.length
    const marker = anId(`settled ${settles++}`)
    send({ action: 'scrape', info_hash: marker })
    await hearsAfter(seen, ({ files }) => Object.hasOwn(files ?? {}, marker))
  }

  return {
    peerId,
    heard,
    closed,
    send,
    sendBinary: (message) => socket.send(Buffer.from(JSON.stringify(message))),
    hears: (fits) => hearsAfter(0, fits),

    announce(infoHash, members = {}) {
      const seen = heard.length
      send({ action: 'announce', info_hash: infoHash, peer_id: peerId, left: 1, ...members })
      return hearsAfter(
        seen,
        (message) =>
          message['info_hash'] === infoHash &&
          ('complete' in message || 'failure reason' in message),
      )
    },

    settled,

    async pinged() {
      await once(socket, 'ping')
      await settled()
    },

    async leave() {
      socket.close()
      await closed
    },
  }
}
