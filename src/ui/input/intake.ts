import { createSignal, type Accessor } from 'solid-js'
import type { SeedFile } from '../../engine/model/torrent.ts'
import { MIB, type Bytes } from '../../engine/model/units.ts'
import type { Words } from '../i18n/en.ts'
import type { PreviewFlow } from '../state/preview-flow.ts'
import type { ShareFlow } from '../state/share-flow.ts'
import {
  filesOfDropped,
  filesOfHandles,
  isTorrentFile,
  MOST_FILES,
  type Dropped,
  type PickedHandle,
} from './dropped-files.ts'
import { withoutPageLink } from './page-link.ts'

/** Larger than any honest `.torrent`, and small enough to read at once; the engine's own limit is below. */
const LARGEST_TORRENT_FILE: Bytes = 64 * MIB

export interface Intake {
  /** What stands in the add box. */
  readonly text: Accessor<string>
  setText(text: string): void
  /** Looks at what the add box holds. */
  submit(): void
  takeText(text: string): void
  takeFiles(files: readonly SeedFile[]): void
  /** Files and folders that were chosen. */
  takeHandles(handles: readonly PickedHandle[]): Promise<void>
  /** `privately`: it is asked who may join. */
  takeDropped(dropped: Dropped, privately?: boolean): Promise<void>
  openTorrentFile(file: File): Promise<void>
}

export interface IntakeDeps {
  readonly preview: PreviewFlow
  readonly sharing: ShareFlow
  readonly words: Words
  readonly say: (sentence: string) => void
}

/** The one way in: whatever is pasted, dropped or chosen goes to a preview, or is shared. */
export function createIntake({ preview, sharing, words, say }: IntakeDeps): Intake {
  const [text, setText] = createSignal('')

  const submit = async () => {
    const understood = await preview.openFromField(withoutPageLink(text()))
    if (understood) setText('')
  }

  const openTorrentFile = async (file: File) => {
    if (file.size > LARGEST_TORRENT_FILE) return say(words.errors.metainfo['too-large'])
    try {
      preview.open({ from: 'metainfo', bytes: new Uint8Array(await file.arrayBuffer()) })
    } catch {
      say(words.errors.sourceChanged(file.name))
    }
  }

  const takeFiles = (files: readonly SeedFile[], privately = false) => {
    const [first] = files
    if (first === undefined) return say(words.errors.noFiles)
    if (files.length === 1 && isTorrentFile(first.file)) return void openTorrentFile(first.file)
    if (files.length > MOST_FILES) return say(tooMany(words))
    void sharing.take({ files, name: nameOfLoose(files, words) }, privately)
  }

  const takeFound = async (
    finding: Promise<readonly SeedFile[] | null>,
    firstName: string,
    privately = false,
  ): Promise<void> => {
    try {
      const files = await finding
      if (files === null) return say(tooMany(words))
      takeFiles(files, privately)
    } catch {
      say(words.errors.sourceChanged(firstName))
    }
  }

  return {
    text,
    setText(next) {
      setText(next)
      preview.clearFieldError()
    },
    submit: () => void submit(),
    takeText(next) {
      setText(next.trim())
      void submit()
    },
    takeFiles: (files) => takeFiles(files),
    async takeDropped(dropped, privately = false) {
      if (dropped.entries.length === 0 && dropped.files.length === 0) {
        if (dropped.text !== '') {
          setText(dropped.text)
          await submit()
        }
        return
      }
      await takeFound(filesOfDropped(dropped), dropped.entries[0]?.name ?? '', privately)
    },
    takeHandles: (handles) => takeFound(filesOfHandles(handles), handles[0]?.name ?? ''),
    openTorrentFile,
  }
}

/** Files without a folder in common need a name for what they become. */
function nameOfLoose(files: readonly SeedFile[], words: Words): string | null {
  const tops = new Set(files.map(({ path }) => path.split('/')[0]))
  const [first] = tops
  return tops.size <= 1 || first === undefined ? null : words.add.looseFiles(first, tops.size - 1)
}

function tooMany(words: Words): string {
  return words.add.tooMany(MOST_FILES.toLocaleString(words.locale))
}
