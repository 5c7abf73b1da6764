/**
 * The media type of a file by its extension, for those a browser only shows or plays; '' for all
 * others. HTML, SVG, XML and scripts have none on purpose: a `blob:` URL of such a file, opened as
 * a page, would run a stranger's code with this origin's rights.
 */
export function inertType(path: string): string {
  const extension = /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? ''
  return TYPES.get(extension) ?? ''
}

const TYPES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'application/epub+zip': 'epub',
    'application/gzip': 'gz tgz',
    'application/pdf': 'pdf',
    'application/vnd.rar': 'rar',
    'application/x-7z-compressed': '7z',
    'application/x-bittorrent': 'torrent',
    'application/zip': 'zip',
    'audio/aac': 'aac',
    'audio/flac': 'flac',
    'audio/mp4': 'm4a m4b',
    'audio/mpeg': 'mp3',
    'audio/ogg': 'oga ogg opus',
    'audio/wav': 'wav',
    'image/avif': 'avif',
    'image/bmp': 'bmp',
    'image/gif': 'gif',
    'image/jpeg': 'jpg jpeg',
    'image/png': 'png',
    'image/webp': 'webp',
    'text/plain': 'txt md nfo log csv srt',
    'text/vtt': 'vtt',
    'video/mp4': 'mp4 m4v',
    'video/ogg': 'ogv',
    'video/quicktime': 'mov',
    'video/webm': 'webm',
    'video/x-matroska': 'mkv',
    'video/x-msvideo': 'avi',
  }).flatMap(([type, extensions]) =>
    extensions.split(' ').map((extension) => [extension, type] as const),
  ),
)
