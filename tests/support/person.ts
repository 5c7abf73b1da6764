import type { BrowserContext, Page } from 'playwright'
import type { KeyInput } from 'puppeteer-core'
import type { BrowserName } from './browsers.ts'

/** What a person meets in the page. */
export type Role = 'button' | 'checkbox' | 'dialog' | 'heading' | 'tab' | 'textbox'

/**
 * The page in one tab, known by what it says: by role and name. Every call waits until there is
 * such a thing to see or to use.
 */
export interface Tab {
  open(url: string): Promise<void>
  sees(role: Role, name: string): Promise<void>
  press(role: Role, name: string): Promise<void>
  /** A key, as `KeyboardEvent.key` calls it. */
  key(name: KeyInput): Promise<void>
  /** Waits until this stands somewhere on the page; a part of a line is enough. */
  says(text: string): Promise<void>
  /** Puts this into a field, in place of what is there. */
  write(label: string, text: string): Promise<void>
  /** What stands in a text field. */
  reads(label: string): Promise<string>
  /** Presses a button that opens the system's chooser, and chooses these files there. */
  choose(button: string, paths: readonly string[]): Promise<void>
  /**
   * Presses a button that saves one file of this name and length; resolves when it is all there.
   * Without a length, of a small one that is written at once.
   */
  save(button: string, name: string, length?: number): Promise<SavedFile>
  /** What a script of this origin finds. */
  inPage<Value>(look: () => Promise<Value>): Promise<Value>
  /** Puts the tab in front of the others. */
  show(): Promise<void>
  close(): Promise<void>
}

/** Somebody at a browser with a profile of their own, and the first tab in it. */
export interface Person extends Tab {
  readonly browser: BrowserName
  /** Uncaught errors, `console.error`, and what the content security policy refused; oldest first. */
  readonly complaints: readonly string[]
  openTab(url: string): Promise<Tab>
  /** A picture of what is in front of them, into this file. */
  picture(path: string): Promise<void>
  leave(): Promise<void>
}

export interface SavedFile {
  /** As the browser's downloads call it. */
  readonly name: string
  readonly sha256: string
  /** Until the person leaves. */
  readonly path: string
}

/** Somebody at a Chromium, where Playwright offers more. */
export interface ChromiumPerson extends Person {
  /** The tab they look at. */
  readonly page: Page
  readonly context: BrowserContext
}

export interface PersonChoice {
  /** 1280 × 800 when left out. */
  readonly screen?: 'desk' | 'phone'
  /** Added to the browser's command line; of two rules for one thing the last one holds. */
  readonly args?: readonly string[]
  /** A complaint the browser makes however well the page behaves. */
  readonly forgiven?: RegExp
}
