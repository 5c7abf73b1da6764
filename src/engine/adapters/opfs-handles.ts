import type { Bytes } from '../model/units.ts'

/**
 * A file of the origin private file system that is opened when it is used and closed when too many
 * others are open. All methods reject with what the browser threw.
 */
export interface PooledFile {
  /** Fills `into` from `start` on; answers how many bytes there were. */
  read(into: Uint8Array<ArrayBuffer>, start: Bytes): Promise<Bytes>

  /** Answers how many bytes the browser took: Firefox takes fewer, and throws nothing, when full. */
  write(bytes: Uint8Array<ArrayBuffer>, start: Bytes): Promise<Bytes>

  size(): Promise<Bytes>

  /** Brings what was written since the last flush to the disk; opens nothing without need. */
  flush(): Promise<void>

  /** Flushes, then gives up the handle. The next use opens it again. */
  close(): Promise<void>
}

export interface HandlePool {
  /** `open` is called whenever the file is used and not open, never twice at a time. */
  file(open: () => Promise<FileSystemSyncAccessHandle>): PooledFile
}

/**
 * Keeps at most `limit` files open, and closes the one that was used longest ago. Opening is
 * asynchronous and takes milliseconds, everything on an open handle is synchronous.
 */
export function makeHandlePool(limit: number): HandlePool {
  /** Least recently used first. */
  const open = new Set<{ shut(): void }>()

  const makeRoom = (): void => {
    for (const oldest of open) {
      if (open.size <= limit) return
      oldest.shut()
    }
  }

  return {
    file(openHandle) {
      let handle: FileSystemSyncAccessHandle | null = null
      let opening: Promise<void> | null = null
      let dirty = false

      const self = {
        shut(): void {
          open.delete(self)
          const closing = handle
          handle = null
          try {
            if (dirty) closing?.flush()
            dirty = false
          } catch {
            // Stays dirty: the next flush opens it again, and says so when it fails again.
          } finally {
            closing?.close()
          }
        },
      }

      /** `work` runs in the very task that finds the handle open: nothing can close it before. */
      const use = async <Value>(
        work: (handle: FileSystemSyncAccessHandle) => Value,
      ): Promise<Value> => {
        while (handle === null) {
          opening ??= openHandle()
            .then((opened) => {
              handle = opened
              open.add(self)
              makeRoom()
            })
            .finally(() => {
              opening = null
            })
          await opening
        }
        open.delete(self)
        open.add(self)
        return work(handle)
      }

      return {
        read: (into, start) => use((handle) => handle.read(into, { at: start })),

        write: (bytes, start) =>
          use((handle) => {
            dirty = true
            return handle.write(bytes, { at: start })
          }),

        size: () => use((handle) => handle.getSize()),

        async flush() {
          if (!dirty) return
          await use((handle) => {
            handle.flush()
            dirty = false
          })
        },

        async close() {
          await opening?.catch(() => {})
          self.shut()
        },
      }
    },
  }
}
