import { expect, test } from 'vitest'
import { serveApp } from '../support/serve-app.ts'
import { corrupt } from './corruptions.ts'

test(
  'what came to harm on the disk is noticed, never passed on, and whole again in the end',
  { timeout: 600_000 },
  async () => {
    const app = await serveApp()
    try {
      const report = await corrupt(app, { corruptions: 50, seed: 37, peerEvery: 5 })
      expect(report, report.log.join('\n')).toMatchObject({
        notStarted: 0,
        wrongFiles: 0,
        wrongBytesServed: 0,
        notHealed: 0,
      })
    } finally {
      await app.close()
    }
  },
)
