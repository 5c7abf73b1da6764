import { createSignal, type Accessor } from 'solid-js'
import type { EngineError } from '../../engine/model/errors.ts'
import type { FileIndex, InfoHash } from '../../engine/model/ids.ts'
import type { AddOptions, TorrentPreview, TorrentSource } from '../../engine/model/torrent.ts'
import type { Millis, Timestamp } from '../../engine/model/units.ts'
import { nameInMagnet } from '../input/page-link.ts'
import type { EngineClient } from '../../workers/protocol/engine-client.ts'

/** What a person gave us: text as it was pasted, or a source that was read already. */
export type GivenSource = TorrentSource | string

export type PreviewState =
  | { readonly name: 'closed' }
  | { readonly name: 'asking'; readonly source: GivenSource; readonly since: Timestamp }
  | { readonly name: 'answered'; readonly source: GivenSource; readonly preview: TorrentPreview }
  | { readonly name: 'refused'; readonly source: GivenSource; readonly error: EngineError }

export interface PreviewFlow {
  readonly state: Accessor<PreviewState>
  /** Set while an answer is awaited that has not opened the sheet yet. */
  readonly reading: Accessor<boolean>
  /** What is wrong with the text in the add box. */
  readonly fieldError: Accessor<EngineError | null>
  /** Set while `torrent.add` runs, and why it was refused. */
  readonly adding: Accessor<boolean>
  readonly addError: Accessor<EngineError | null>
  /** Resolves to true once the text was understood and the field may be emptied. */
  openFromField(text: string): Promise<boolean>
  /** From a drop, a file or the address bar: the sheet opens at once. */
  open(source: GivenSource): void
  retry(): void
  /** Stops asking, and closes the sheet. */
  close(): void
  clearFieldError(): void
  /**
   * Adds what is ticked; null before the file list is known, and means all. Finished files are also
   * written into the folder, if there is one.
   */
  add(ticked: ReadonlySet<FileIndex> | null, folder?: FileSystemDirectoryHandle): Promise<void>
  /** Takes an invite. `passphrase` where its door asks for one. */
  join(passphrase: string | null): Promise<void>
}

export interface PreviewFlowDeps {
  readonly client: EngineClient
  /** `name` as far as it is known: the torrent itself may reach the page a moment later. */
  readonly onAdded: (infoHash: InfoHash, name: string | null) => void
}

/**
 * A bad link is told next to the field, not in a sheet that flashes up: for this long the sheet
 * waits for the engine's first word.
 */
const FIELD_PATIENCE: Millis = 250

/** From something a person gave us, over a look inside, to a torrent in the list. */
export function createPreviewFlow({ client, onAdded }: PreviewFlowDeps): PreviewFlow {
  const [state, setState] = createSignal<PreviewState>({ name: 'closed' })
  const [reading, setReading] = createSignal(false)
  const [fieldError, setFieldError] = createSignal<EngineError | null>(null)
  const [adding, setAdding] = createSignal(false)
  const [addError, setAddError] = createSignal<EngineError | null>(null)
  let current = new AbortController()

  const begin = (): AbortSignal => {
    current.abort()
    current = new AbortController()
    setAddError(null)
    setFieldError(null)
    return current.signal
  }

  const ask = async (source: GivenSource, signal: AbortSignal) => {
    try {
      return await client.call('torrent.preview', { source }, { signal })
    } catch (thrown) {
      if (signal.aborted) return null
      throw thrown
    }
  }

  const show = (source: GivenSource, since: Timestamp) =>
    setState({ name: 'asking', source, since })

  const open = async (source: GivenSource) => {
    const signal = begin()
    show(source, Date.now())
    const answer = await ask(source, signal)
    if (answer === null || signal.aborted) return
    setState(
      answer.ok
        ? { name: 'answered', source, preview: answer.value }
        : { name: 'refused', source, error: answer.error },
    )
  }

  const openFromField = async (text: string): Promise<boolean> => {
    const signal = begin()
    const since = Date.now()
    setReading(true)
    const { promise: patience, resolve: understood } = Promise.withResolvers<boolean>()
    const timer = setTimeout(() => {
      show(text, since)
      understood(true)
    }, FIELD_PATIENCE)

    const finish = async () => {
      const answer = await ask(text, signal)
      clearTimeout(timer)
      if (answer === null || signal.aborted) return understood(false)
      const inSheet = state().name === 'asking'
      if (answer.ok) setState({ name: 'answered', source: text, preview: answer.value })
      else if (inSheet) setState({ name: 'refused', source: text, error: answer.error })
      else setFieldError(answer.error)
      understood(answer.ok || inSheet)
    }

    const finished = finish()
    const result = await patience
    setReading(false)
    void finished
    return result
  }

  const close = () => {
    current.abort()
    setState({ name: 'closed' })
    setAddError(null)
  }

  const addWith = async (ticked: ReadonlySet<FileIndex> | null, chosen: AddOptions) => {
    const now = state()
    if (now.name === 'closed' || adding()) return
    const args =
      now.name === 'answered'
        ? { source: now.preview.source, options: { ...optionsFor(now.preview, ticked), ...chosen } }
        : { source: now.source, options: chosen }
    // The engine takes over the search; the preview's own need not go on beside it.
    current.abort()
    setAdding(true)
    const added = await client.call('torrent.add', args)
    setAdding(false)
    if (added.ok) {
      close()
      onAdded(added.value, now.name === 'answered' ? now.preview.name : nameOfSource(now.source))
    } else if (added.error.kind === 'input/duplicate') {
      setAddError(added.error)
    } else if (now.name === 'answered') {
      setAddError(added.error)
    } else {
      setState({ name: 'refused', source: now.source, error: added.error })
    }
  }

  return {
    state,
    reading,
    fieldError,
    adding,
    addError,
    openFromField,
    open: (source) => void open(source),
    retry() {
      const now = state()
      if (now.name === 'refused') void open(now.source)
    },
    close,
    clearFieldError: () => setFieldError(null),
    add: (ticked, folder) => addWith(ticked, folder === undefined ? {} : { deliverTo: folder }),
    join: (passphrase) => addWith(null, passphrase === null ? {} : { passphrase }),
  }
}

/** What a source calls itself before anybody looked inside; foreign text, for showing only. */
export function nameOfSource(source: GivenSource): string | null {
  if (typeof source === 'string') return nameInMagnet(source)
  return source.from === 'magnet' ? nameInMagnet(source.uri) : null
}

/** The preview's options with the paths of what is ticked; all ticked is no choice at all. */
export function optionsFor(
  preview: TorrentPreview,
  ticked: ReadonlySet<FileIndex> | null,
): AddOptions {
  const { paths: _chosenByLink, ...options } = preview.options
  if (ticked === null || ticked.size === preview.files.length) return options
  const paths = preview.files.filter((_, index) => ticked.has(index)).map((file) => file.path)
  return { ...options, paths }
}
