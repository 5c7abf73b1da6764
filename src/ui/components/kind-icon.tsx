import Archive from 'lucide-solid/icons/file-archive'
import File from 'lucide-solid/icons/file'
import FileText from 'lucide-solid/icons/file-text'
import Film from 'lucide-solid/icons/film'
import Folder from 'lucide-solid/icons/folder'
import Image from 'lucide-solid/icons/image'
import Disc from 'lucide-solid/icons/disc'
import Music from 'lucide-solid/icons/music'
import { Dynamic } from 'solid-js/web'

const BY_ENDING: Readonly<Record<string, typeof File>> = Object.fromEntries([
  ...['mp4', 'mkv', 'webm', 'mov', 'avi', 'm4v'].map((ending) => [ending, Film] as const),
  ...['mp3', 'flac', 'ogg', 'opus', 'wav', 'm4a', 'aac'].map((ending) => [ending, Music] as const),
  ...['jpg', 'jpeg', 'png', 'gif', 'webp', 'avif', 'svg', 'heic', 'dng'].map(
    (ending) => [ending, Image] as const,
  ),
  ...['zip', 'gz', 'xz', 'zst', '7z', 'rar', 'tar', 'bz2'].map(
    (ending) => [ending, Archive] as const,
  ),
  ...['pdf', 'txt', 'md', 'epub', 'doc', 'docx', 'odt', 'srt', 'vtt'].map(
    (ending) => [ending, FileText] as const,
  ),
  ...['iso', 'img', 'dmg'].map((ending) => [ending, Disc] as const),
])

/** What kind of thing a name stands for; a picture beside the name, so nothing to read out. */
export function KindIcon(props: {
  readonly name: string
  readonly folder: boolean
  readonly size: number
}) {
  const icon = () => {
    if (props.folder) return Folder
    const ending = props.name.slice(props.name.lastIndexOf('.') + 1).toLowerCase()
    return Object.hasOwn(BY_ENDING, ending) ? (BY_ENDING[ending] ?? File) : File
  }
  return <Dynamic component={icon()} size={props.size} strokeWidth={1.75} />
}
