import type { FileEntry, TorrentSnapshot } from '../../engine/model/torrent.ts'
import type { Bytes } from '../../engine/model/units.ts'

/** A tree of 300 files and some depth. */
export function largeTree(): { path: string; length: Bytes }[] {
  const folders = ['01 Arrival', '02 Lakes', '03 Mountains', '04 Villages', '05 The long way home']
  const files = folders.flatMap((folder, day) =>
    Array.from({ length: 59 }, (_, at) => ({
      path: `Holiday pictures 2026/${folder}/${at % 9 === 8 ? 'raw/' : ''}IMG_${2000 + day * 100 + at}.${at % 9 === 8 ? 'dng' : 'jpg'}`,
      length: 3_000_000 + ((at * 7919 + day * 104_729) % 5_000_000) + (at % 9 === 8 ? 22e6 : 0),
    })),
  )
  return [
    ...files,
    { path: 'Holiday pictures 2026/clips/ferry.mp4', length: 184_200_000 },
    { path: 'Holiday pictures 2026/clips/first snow.mp4', length: 96_100_000 },
    { path: 'Holiday pictures 2026/map.pdf', length: 1_240_000 },
    { path: 'Holiday pictures 2026/read me.txt', length: 812 },
    { path: 'Holiday pictures 2026/where we slept.ods', length: 18_400 },
  ]
}

/** The files of a fake torrent: their lengths add up to its own. */
export function fakeFiles(torrent: TorrentSnapshot): FileEntry[] {
  if (torrent.phase.name === 'resolving') return []
  const paths = pathsOf(torrent)
  const weight = paths.reduce((sum, file) => sum + file.length, 0)
  let left = torrent.haveBytes
  return paths.map((file, index) => {
    const length = Math.round((file.length / weight) * torrent.totalBytes)
    const haveBytes = Math.min(length, Math.max(0, Math.round(left)))
    left -= length
    return { index, path: file.path, length, haveBytes, wanted: true, priority: 'normal' }
  })
}

function pathsOf(torrent: TorrentSnapshot): { path: string; length: Bytes }[] {
  if (torrent.fileCount > 100) return largeTree()
  if (torrent.fileCount <= 1) return [{ path: torrent.name, length: 1 }]
  const film = [
    { path: `${torrent.name}/Sintel.2010.1080p.mkv`, length: 1180 },
    { path: `${torrent.name}/Extras/Making of.mkv`, length: 410 },
    { path: `${torrent.name}/Extras/Storyboards.zip`, length: 220 },
    { path: `${torrent.name}/Subtitles/Sintel.de.srt`, length: 1 },
    { path: `${torrent.name}/Subtitles/Sintel.en.srt`, length: 1 },
    { path: `${torrent.name}/Subtitles/Sintel.ar.srt`, length: 1 },
    { path: `${torrent.name}/poster.jpg`, length: 3 },
    { path: `${torrent.name}/licence.txt`, length: 1 },
  ]
  const more = Array.from({ length: Math.max(0, torrent.fileCount - film.length) }, (_, at) => ({
    path: `${torrent.name}/Soundtrack/${String(at + 1).padStart(2, '0')} Track.flac`,
    length: 30,
  }))
  return [...film, ...more].slice(0, torrent.fileCount)
}
