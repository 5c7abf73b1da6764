import type { Page } from 'playwright'

/**
 * Drops files and folders from outside onto the middle of a Chromium page, as the window system
 * does: the page gets real file entries, not made-up ones.
 */
export async function dropOnPage(page: Page, paths: readonly string[]): Promise<void> {
  const { width, height } = page.viewportSize() ?? { width: 800, height: 600 }
  const at = { x: Math.round(width / 2), y: Math.round(height / 2) }
  const data = { items: [], files: [...paths], dragOperationsMask: COPY }
  const session = await page.context().newCDPSession(page)
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, ...at, data })
  }
  await session.detach()
}

/** CDP `Input.DragData.dragOperationsMask`. */
const COPY = 1
