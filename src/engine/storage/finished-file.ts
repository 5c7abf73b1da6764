import type { ErrorIn } from '../model/errors.ts'
import { inertType } from './inert-type.ts'

/** `parts` end to end as a `File` that has the last part of the path as its name. */
export function finishedFile(parts: BlobPart[], path: string): File {
  return new File(parts, path.slice(path.lastIndexOf('/') + 1), { type: inertType(path) })
}

/** The answer for a file that was asked for before all of it was written. */
export const FILE_UNFINISHED: ErrorIn<'storage'> = {
  kind: 'storage/io',
  cause: { name: 'NotFoundError', message: 'the file is not all there' },
}

/** The answer of a store that was closed, to whoever was late. */
export const STORE_CLOSED: ErrorIn<'storage'> = {
  kind: 'storage/io',
  cause: { name: 'InvalidStateError', message: 'the store is closed' },
}
