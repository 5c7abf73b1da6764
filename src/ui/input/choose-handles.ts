import type { PickedHandle } from './dropped-files.ts'

/** Asks for files, or for one folder. Null when nothing was chosen. Call it in a click's task. */
export type HandleChooser = () => Promise<readonly PickedHandle[] | null>

/**
 * The browser's chooser for what is to be read where it lies, after a reload too (File System
 * Access); null where it has none: then an input for files must do, and they are copied.
 */
export function handleChooser(what: 'files' | 'folder', page: object): HandleChooser | null {
  // TypeScript's DOM library does not have the WICG draft.
  const { showOpenFilePicker, showDirectoryPicker } = page as {
    showOpenFilePicker?: (options: object) => Promise<readonly FileSystemFileHandle[]>
    showDirectoryPicker?: (options: object) => Promise<FileSystemDirectoryHandle>
  }
  if (what === 'files') {
    if (showOpenFilePicker === undefined) return null
    const options = { multiple: true, id: 'chiral-share' }
    return () => chosen(showOpenFilePicker.call(page, options))
  }
  if (showDirectoryPicker === undefined) return null
  const options = { mode: 'read', id: 'chiral-share' }
  return () => chosen(showDirectoryPicker.call(page, options).then((folder) => [folder]))
}

async function chosen(
  choosing: Promise<readonly PickedHandle[]>,
): Promise<readonly PickedHandle[] | null> {
  try {
    return await choosing
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === 'AbortError') return null
    throw thrown
  }
}
