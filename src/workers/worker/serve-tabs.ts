import type { EngineState } from '../../engine/model/engine-state.ts'
import { err } from '../../engine/model/result.ts'
import type { FromEngine, Notice } from '../protocol/control.ts'
import { linkName, TAB_DOOR, type AtDoor, type EngineId, type LinkId } from '../protocol/tabs.ts'
import type { Answers } from './serve-calls.ts'
import { serveTab, type ServedTab } from './served-tab.ts'

/** More tabs than a person keeps open; a page that attaches without end is not served without end. */
export const MOST_TABS = 100

export interface TabServerDeps {
  /** Whose lock `engineLife(engine)` this worker holds already. */
  readonly engine: EngineId
  readonly build: string
  readonly locks: Pick<LockManager, 'request'>
  readonly answers: Answers
  /** The state as it is told to a tab that comes. */
  readonly state: () => EngineState
  /** How many tabs are served from now on. */
  readonly onCount: (count: number) => void
}

/** Serves the other tabs of this origin. */
export interface TabServer {
  /** The same notice to every tab. */
  tell(notice: Notice): void
  /** No tab is heard or told anything from here on. */
  stop(): void
}

/** Tabs are taken in from now on, and those that wait are told that there is an engine. */
export function makeTabServer(deps: TabServerDeps): TabServer {
  const { engine, build, locks, state } = deps
  const tabs = new Map<LinkId, ServedTab>()
  const answers = answersToTabs(deps.answers)
  const door = new BroadcastChannel(TAB_DOOR)

  const takeIn = (link: LinkId, theirs: string) => {
    if (tabs.has(link) || tabs.size >= MOST_TABS) return
    const channel = new BroadcastChannel(linkName(link))
    if (theirs !== build) {
      const error = { kind: 'engine/version', page: theirs, worker: build } as const
      channel.postMessage({ type: 'unable', error } satisfies FromEngine)
      channel.close()
      return
    }
    const onGone = () => {
      tabs.delete(link)
      deps.onCount(tabs.size)
    }
    const tab = serveTab({ link, channel, locks, answers, state, onGone })
    tabs.set(link, tab)
    tab.welcome(engine, build)
    deps.onCount(tabs.size)
  }

  door.onmessage = ({ data }: MessageEvent<AtDoor>) => {
    if (data.type === 'attach') takeIn(data.link, data.build)
  }
  door.postMessage({ type: 'here', engine, build } satisfies AtDoor)

  return {
    tell(notice) {
      for (const tab of tabs.values()) tab.tell(notice)
    },
    stop() {
      door.close()
      for (const tab of [...tabs.values()]) tab.stop()
    },
  }
}

/** The engine is stopped by the page that started it and by no other. */
function answersToTabs(answers: Answers): Answers {
  return { ...answers, 'engine.stop': async () => err({ kind: 'engine/held-elsewhere' }) }
}
