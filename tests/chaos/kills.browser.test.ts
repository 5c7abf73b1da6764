import { expect, test } from 'vitest'
import { serveApp } from '../support/serve-app.ts'
import { killInTheMiddle } from './kills.ts'

test(
  'a browser that is killed loses nothing it has told, and lies about nothing',
  { timeout: 600_000 },
  async () => {
    const app = await serveApp()
    try {
      const report = await killInTheMiddle(app, 10, 37)
      expect(report).toMatchObject({ lies: 0, losses: 0, wrongFiles: 0 })
      expect(report.fetchedAgain).toBeLessThanOrEqual(2)
    } finally {
      await app.close()
    }
  },
)
