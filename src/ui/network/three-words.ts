import type { IdentitySnapshot } from '../../engine/model/engine-state.ts'

/** As a person reads them aloud. */
export function threeWords({ words }: Pick<IdentitySnapshot, 'words'>): string {
  return words.join(' ')
}
