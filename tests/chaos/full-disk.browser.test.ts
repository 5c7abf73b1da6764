import { expect, test } from 'vitest'
import { serveApp } from '../support/serve-app.ts'
import { fillTheDisk } from './full-disk.ts'

test(
  'a full disk pauses the download, and room again lets it go on by itself',
  { timeout: 600_000 },
  async () => {
    const app = await serveApp()
    try {
      const report = await fillTheDisk(app, 3, 37)
      expect(report, report.log.join('\n')).toMatchObject({
        stoppedOtherwise: 0,
        notResumed: 0,
        wrongFiles: 0,
      })
      expect(report.paused).toBeGreaterThan(0)
    } finally {
      await app.close()
    }
  },
)
