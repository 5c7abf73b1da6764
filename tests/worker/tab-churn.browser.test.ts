import { describe, expect, test } from 'vitest'
import { churnTabs } from '../chaos/tab-churn.ts'
import { browsersUnderTest } from '../support/browsers.ts'

// The same with five tabs and five hundred steps is `npm run chaos -- --only tabs`.

describe.each(browsersUnderTest)('tabs that come and go in %s', (name) => {
  test('there is one engine at a time, it answers all of them, and nothing is lost', async () => {
    const churn = await churnTabs({ browser: name, tabs: 3, steps: 30, seed: 37 })

    expect(churn).toMatchObject({ enginesAtOnce: 1, locked: 0, intact: true })
    expect(churn.answeredIn).toHaveLength(30)
  })
})
