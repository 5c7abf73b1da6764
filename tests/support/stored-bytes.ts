import type { Page } from 'playwright'

/** What lies in the files of this origin (OPFS), in bytes, whoever wrote it. */
export function storedBytes(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const lengthOf = async (folder: FileSystemDirectoryHandle): Promise<number> => {
      let length = 0
      for await (const entry of folder.values()) {
        length +=
          entry instanceof FileSystemFileHandle
            ? (await entry.getFile()).size
            : // The only other kind there is.
              await lengthOf(entry)
      }
      return length
    }
    return lengthOf(await navigator.storage.getDirectory())
  })
}
