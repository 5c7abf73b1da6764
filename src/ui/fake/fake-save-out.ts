import { ok } from '../../engine/model/result.ts'
import { SECOND, type Millis } from '../../engine/model/units.ts'
import type { SaveOut } from '../../workers/protocol/save-out.ts'

const STEP: Millis = SECOND / 5
const STEPS = 40

/** Pretends to save for a few seconds, and writes nothing. */
export function makeFakeSaveOut(): SaveOut {
  return {
    folders: true,
    choose: async () => ({ kind: 'download' }),
    async save({ entries }, _place, { signal, onProgress, onChecking }) {
      const totalBytes = entries.reduce((sum, { length }) => sum + length, 0)
      for (let step = 1; step <= STEPS; step++) {
        await new Promise((resolve) => setTimeout(resolve, STEP))
        signal.throwIfAborted()
        const [first] = entries
        if (first !== undefined && step < STEPS / 4) {
          onChecking?.(first, (first.length * step * 4) / STEPS)
        } else onProgress((totalBytes * step) / STEPS)
      }
      return ok()
    },
  }
}
