import type { AppPage } from '../support/app-page.ts'

/** How long a page needs from a source to its first verified piece, ms. */
export function firstPiece(
  { page }: AppPage,
  source: string,
  options: { readonly trackers?: readonly string[] },
): Promise<number> {
  return page.evaluate(
    async (source, options) => {
      const begun = performance.now()
      const infoHash = await window.chiral.add(source, options)
      await new Promise<void>((resolve) => {
        const look = () => {
          if ((window.chiral.get(infoHash)?.havePieces ?? 0) === 0) return
          stop()
          resolve()
        }
        const stop = window.chiral.on('torrent', look)
        look()
      })
      return performance.now() - begun
    },
    source,
    options,
  )
}
