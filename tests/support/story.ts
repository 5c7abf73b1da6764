import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { test } from 'vitest'
import type { BrowserName } from './browsers.ts'
import { chromiumPerson } from './chromium-person.ts'
import { makeDesk, type Desk } from './desk.ts'
import { firefoxPerson } from './firefox-person.ts'
import type { ChromiumPerson, Person, PersonChoice } from './person.ts'
import { serveApp, type AppServer } from './serve-app.ts'

/** Who takes part. Whoever came is sent away when the story ends, well or badly. */
export interface Cast {
  inChromium(choice?: PersonChoice): Promise<ChromiumPerson>
  inFirefox(): Promise<Person>
  in(browser: BrowserName, choice?: PersonChoice): Promise<Person>
}

/**
 * A test of what people do with the page. It fails, too, when any page in it threw, wrote an
 * error to the console, or did what its content security policy forbids. Of a story that fails
 * there is a picture for each person in `.cache/e2e`.
 */
export const story = test
  .extend('app', { scope: 'file' }, async ({}, { onCleanup }): Promise<AppServer> => {
    const app = await serveApp()
    onCleanup(() => app.close())
    return app
  })
  .extend('desk', async ({}, { onCleanup }): Promise<Desk> => {
    const desk = await makeDesk()
    onCleanup(() => desk.clear())
    return desk
  })
  .extend('people', async ({ task }, { onCleanup }): Promise<Cast> => {
    const people: Person[] = []
    const welcome = <Who extends Person>(person: Who): Who => {
      people.push(person)
      return person
    }
    onCleanup(async () => {
      if (task.result?.state === 'fail') await takePictures(people, task.name)
      const complaints = people.flatMap((person) => person.complaints)
      await Promise.all(people.map((person) => person.leave()))
      if (complaints.length > 0) throw new Error(`A page complained:\n${complaints.join('\n')}`)
    })
    const inChromium = async (choice?: PersonChoice) => welcome(await chromiumPerson(choice))
    const inFirefox = async () => welcome(await firefoxPerson())
    return {
      inChromium,
      inFirefox,
      in: (browser, choice) => (browser === 'firefox' ? inFirefox() : inChromium(choice)),
    }
  })

async function takePictures(people: readonly Person[], name: string): Promise<void> {
  const folder = fileURLToPath(new URL('../../.cache/e2e', import.meta.url))
  await mkdir(folder, { recursive: true })
  const stem = name.replace(/[^\w]+/g, '-').toLowerCase()
  for (const [index, person] of people.entries()) {
    await person.picture(`${folder}/${stem}-${index + 1}.png`).catch(() => undefined)
  }
}
