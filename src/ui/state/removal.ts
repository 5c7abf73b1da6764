import type { InfoHash } from '../../engine/model/ids.ts'
import type { TorrentSnapshot } from '../../engine/model/torrent.ts'
import { SECOND, type Millis } from '../../engine/model/units.ts'
import type { EngineClient } from '../../workers/protocol/engine-client.ts'
import type { Notices } from '../components/notices.tsx'
import { errorMessage } from '../format/error-message.ts'
import type { Words } from '../i18n/en.ts'

/** How long the engine keeps what was removed, as `torrent.remove` says of itself. */
const UNDO_TIME: Millis = 10 * SECOND

export interface Removal {
  /** Takes a torrent off the list, at once and without a question: it can be taken back. */
  remove(torrent: TorrentSnapshot): Promise<void>
  /** Takes the latest removal back; false when there is none that could be. */
  undo(): boolean
}

export interface RemovalDeps {
  readonly client: EngineClient
  readonly notices: Notices
  readonly words: Words
  readonly onRemoved: (infoHash: InfoHash) => void
}

export function makeRemoval({ client, notices, words, onRemoved }: RemovalDeps): Removal {
  const say = words.remove
  /** Oldest first. */
  let removed: ReadonlyArray<{ readonly torrent: TorrentSnapshot; dismiss: () => void }> = []

  const forget = (infoHash: InfoHash) => {
    removed = removed.filter(({ torrent }) => torrent.infoHash !== infoHash)
  }

  const restore = async ({ infoHash, name }: TorrentSnapshot) => {
    forget(infoHash)
    const answer = await client.call('torrent.restore', { infoHash })
    if (answer.ok) return void notices.show({ text: say.back(name), tone: 'plain' })
    const late = answer.error.kind === 'input/unknown-torrent'
    notices.show({
      text: late ? say.tooLate(name) : errorMessage(answer.error, words),
      tone: 'bad',
    })
  }

  return {
    async remove(torrent) {
      const { infoHash, name } = torrent
      const until = Date.now() + UNDO_TIME
      const answer = await client.call('torrent.remove', {
        infoHash,
        deleteData: true,
        undo: true,
      })
      if (!answer.ok) {
        const text = words.notices.about(name, errorMessage(answer.error, words))
        return void notices.show({ text, tone: 'bad' })
      }
      setTimeout(() => forget(infoHash), until - Date.now())
      onRemoved(infoHash)
      const dismiss = notices.show({
        text: say.done(name),
        tone: 'plain',
        until,
        action: { label: words.actions.undo, run: () => void restore(torrent) },
      })
      removed = [...removed, { torrent, dismiss }]
    },

    undo() {
      const latest = removed.at(-1)
      if (latest === undefined) return false
      latest.dismiss()
      void restore(latest.torrent)
      return true
    },
  }
}
