import type { RecordStore } from './contracts/record-store.ts'
import type { EngineError } from './model/errors.ts'
import { ok, type Result } from './model/result.ts'
import { DEFAULT_SETTINGS, type Settings } from './model/settings.ts'
import { checkSettings } from './settings-check.ts'

/** What a person set, in force at once and written down. */
export interface KeptSettings {
  readonly value: Settings
  /** As an earlier visit left them. */
  restore(settings: Settings): void
  /** In force also when it could not be written, which is what the error then says. */
  change(change: Partial<Settings>): Promise<Result<Settings, EngineError>>
}

export function makeKeptSettings(
  records: RecordStore,
  onChange: (settings: Settings) => void,
): KeptSettings {
  let value: Settings = DEFAULT_SETTINGS

  const restore = (settings: Settings) => {
    value = settings
    onChange(value)
  }

  return {
    get value() {
      return value
    },
    restore,

    async change(change) {
      const checked = checkSettings(change)
      if (!checked.ok) return checked
      restore({ ...value, ...checked.value })
      const kept = await records.putSettings(checked.value)
      return kept.ok ? ok(value) : kept
    },
  }
}
