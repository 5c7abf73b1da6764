import type { InfoHash } from '../model/ids.ts'
import {
  makeAnnouncement,
  type Announcement,
  type AnnouncementDeps,
  type AnnounceSpec,
  type TorrentAnnouncement,
} from './announcement.ts'
import { readTrackerMessage } from './tracker-messages.ts'
import { makeTrackerSocket, type OpenWebSocket } from './tracker-socket.ts'
import { SECOND, type Millis } from '../model/units.ts'

export interface WebTrackerClient {
  /** Announces until `leave`. Events come in later tasks, never before this returns. */
  join(spec: AnnounceSpec): Announcement
  /**
   * After the network may have come back: tries every lost tracker at once, and asks the others
   * for a sign of life. A socket over a network that is gone looks open for minutes.
   */
  retryNow(): void
  /** Says goodbye to all trackers and closes what is being made. */
  stop(): void
}

export interface WebTrackerDeps extends AnnouncementDeps {
  readonly openWebSocket?: OpenWebSocket
}

/** How long a tracker may take for a sign of life before its socket is made anew. */
const SIGN_OF_LIFE: Millis = 1.5 * SECOND
/** A tracker that was heard this short a time ago is alive, and one is not asked more often. */
const SURELY_ALIVE: Millis = 15 * SECOND

/** The WebTorrent tracker protocol over one socket per tracker, shared by all torrents. */
export function makeWebTrackerClient(deps: WebTrackerDeps): WebTrackerClient {
  const trackers = new Map<string, Tracker>()

  const trackerAt = (url: string): Tracker => {
    let tracker = trackers.get(url)
    if (tracker === undefined) {
      tracker = makeTracker(url, deps, () => trackers.delete(url))
      trackers.set(url, tracker)
    }
    return tracker
  }

  return {
    join: (spec) => trackerAt(spec.url).join(spec),
    retryNow() {
      for (const tracker of trackers.values()) tracker.retryNow()
    },
    stop() {
      for (const tracker of [...trackers.values()]) tracker.stop()
    },
  }
}

interface Tracker {
  join(spec: AnnounceSpec): Announcement
  retryNow(): void
  stop(): void
}

function makeTracker(url: string, deps: WebTrackerDeps, onEmpty: () => void): Tracker {
  const members = new Map<InfoHash, TorrentAnnouncement>()
  let heardAt = -Infinity
  let askedAt = -Infinity
  let asking: ReturnType<typeof setTimeout> | undefined

  const socket = makeTrackerSocket(
    url,
    {
      opened() {
        for (const member of members.values()) member.opened()
      },
      lost(retryIn) {
        for (const member of members.values()) member.lost(retryIn)
      },
      message(frame) {
        heardAt = performance.now()
        clearTimeout(asking)
        const message = readTrackerMessage(frame)
        if (message === null) {
          for (const member of members.values()) member.trouble('malformed', '')
          return
        }
        if (message.infoHash !== null) return members.get(message.infoHash)?.heard(message)
        for (const member of members.values()) member.heard(message)
      },
    },
    deps.openWebSocket,
  )

  return {
    join(spec) {
      const member = makeAnnouncement(spec, socket, deps, (silently) => {
        members.delete(spec.infoHash)
        if (members.size > 0) {
          // Trackers forget a peer with its socket: the others come back by another.
          if (silently !== undefined) socket.renew()
          return
        }
        clearTimeout(asking)
        socket.close()
        onEmpty()
      })
      members.set(spec.infoHash, member)
      if (socket.open) queueMicrotask(() => member.opened())
      return member
    },
    retryNow() {
      const [member] = members.values()
      if (!socket.open || member === undefined) return socket.retryNow()
      const now = performance.now()
      if (now - Math.max(heardAt, askedAt) < SURELY_ALIVE) return
      askedAt = now
      member.ask()
      clearTimeout(asking)
      asking = setTimeout(() => socket.renew(), SIGN_OF_LIFE)
    },
    stop() {
      for (const member of [...members.values()]) member.leave()
    },
  }
}
