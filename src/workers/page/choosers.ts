/** The browser's choosers for places on this device (File System Access); null where it has none. */
export interface Choosers {
  readonly saveFile: ((options: SaveFileOptions) => Promise<FileSystemFileHandle>) | null
  readonly folder: ((options: FolderOptions) => Promise<FileSystemDirectoryHandle>) | null
}

interface SaveFileOptions {
  readonly suggestedName: string
  readonly types: readonly { readonly accept: Readonly<Record<string, readonly string[]>> }[]
}

interface FolderOptions {
  readonly mode: 'read' | 'readwrite'
  /** The browser comes back to the folder that was chosen under this name. */
  readonly id: string
}

/** What a window offers. TypeScript's DOM library does not have the WICG draft. */
export function choosersOf(page: object): Choosers {
  const { showSaveFilePicker, showDirectoryPicker } = page as {
    showSaveFilePicker?: (options: SaveFileOptions) => Promise<FileSystemFileHandle>
    showDirectoryPicker?: (options: FolderOptions) => Promise<FileSystemDirectoryHandle>
  }
  return {
    saveFile: showSaveFilePicker?.bind(page) ?? null,
    folder: showDirectoryPicker?.bind(page) ?? null,
  }
}

/** Null when the person chose nothing (`AbortError`), or may not choose here. */
export async function chosen<Handle>(choosing: Promise<Handle>): Promise<Handle | null> {
  try {
    return await choosing
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === 'AbortError') return null
    throw thrown
  }
}
