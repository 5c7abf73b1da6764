import { For } from 'solid-js'
import type { TorrentSnapshot } from '../../engine/model/torrent.ts'
import { useApp } from '../engine-context.tsx'
import { formatBytes } from '../format/bytes.ts'
import { formatDate } from '../format/duration.ts'

/** The facts, for those who want them. */
export function AboutTab(props: { readonly torrent: TorrentSnapshot }) {
  const { words } = useApp()
  const say = words.detail.about
  const none = words.units.none
  const number = (amount: number) => amount.toLocaleString(words.locale)

  const facts = (): ReadonlyArray<readonly [string, string]> => {
    const it = props.torrent
    const swarm = it.protocol === 'bittorrent'
    const ratio = it.totalBytes > 0 ? it.upBytes / it.totalBytes : 0
    return [
      [say.size, it.totalBytes > 0 ? formatBytes(it.totalBytes, words) : none],
      [say.done, formatBytes(it.haveBytes, words)],
      [say.downloaded, formatBytes(it.downBytes, words)],
      ...(swarm
        ? ([
            [say.uploaded, formatBytes(it.upBytes, words)],
            [
              say.ratio,
              `${ratio.toLocaleString(words.locale, { maximumFractionDigits: 2, minimumFractionDigits: 2 })}×`,
            ],
            [
              say.pieces,
              it.totalPieces > 0
                ? say.piecesOf(number(it.havePieces), number(it.totalPieces))
                : none,
            ],
          ] as const)
        : []),
      [say.files, it.fileCount > 0 ? number(it.fileCount) : none],
      ...(it.folder === undefined ? [] : ([[say.folder, it.folder]] as const)),
      [say.added, formatDate(it.addedAt, words)],
      [say.completed, it.completedAt === null ? none : formatDate(it.completedAt, words)],
      [say.whoMayJoin, it.policy.name === 'public' ? say.anyone : say.invited],
      [say.address, swarm ? say.bittorrent : say.http],
    ]
  }

  return (
    <dl class="about">
      <For each={facts()}>
        {([name, value]) => (
          <div>
            <dt>{name}</dt>
            <dd class="figure">{value}</dd>
          </div>
        )}
      </For>
      <div>
        <dt>{say.infoHash}</dt>
        <dd class="about-hash">{props.torrent.infoHash}</dd>
      </div>
    </dl>
  )
}
