import { createEffect, createSignal } from 'solid-js'
import type { EngineState } from '../../engine/model/engine-state.ts'
import type { InfoHash } from '../../engine/model/ids.ts'
import type { TorrentPhase } from '../../engine/model/torrent.ts'
import { useApp } from '../engine-context.tsx'
import { errorMessage } from '../format/error-message.ts'
import type { Words } from '../i18n/en.ts'

/**
 * Says to a screen reader what changed without a person's doing: something is complete, or has
 * failed. Progress is not said: it can be asked for.
 */
export function Announcer() {
  const app = useApp()
  const [said, setSaid] = createSignal('')
  let before = new Map<InfoHash, TorrentPhase['name']>()

  createEffect(() => {
    const after = phasesOf(app.engine)
    const news = sentences(before, after, app.engine, app.words)
    before = after
    if (news.length > 0) setSaid(news.join(' '))
  })

  return (
    <div class="visually-hidden" role="status">
      {said()}
    </div>
  )
}

function phasesOf(engine: Pick<EngineState, 'torrents'>): Map<InfoHash, TorrentPhase['name']> {
  return new Map(
    Object.values(engine.torrents).map(({ infoHash, phase }) => [infoHash, phase.name]),
  )
}

function sentences(
  before: ReadonlyMap<InfoHash, TorrentPhase['name']>,
  after: ReadonlyMap<InfoHash, TorrentPhase['name']>,
  engine: Pick<EngineState, 'torrents'>,
  words: Words,
): string[] {
  const news: string[] = []
  for (const [infoHash, phase] of after) {
    const was = before.get(infoHash)
    const torrent = engine.torrents[infoHash]
    if (torrent === undefined || was === undefined || was === phase) continue
    if (phase === 'seeding' && was === 'downloading')
      news.push(words.notices.completed(torrent.name))
    if (torrent.phase.name === 'failed') {
      news.push(words.notices.about(torrent.name, errorMessage(torrent.phase.error, words)))
    }
  }
  return news
}
