import { createSignal, onMount, type Accessor } from 'solid-js'
import type { EngineError } from '../../engine/model/errors.ts'
import type { Settings } from '../../engine/model/settings.ts'
import type { EngineClient } from '../../workers/protocol/engine-client.ts'

/** The settings about relays and ICE servers, for as long as someone looks at them. */
export interface NetworkSettings {
  /** Null before the first answer. */
  readonly current: Accessor<Settings | null>
  /** Null when the change was taken. */
  change(change: Partial<Settings>): Promise<EngineError | null>
}

export function createNetworkSettings(client: EngineClient): NetworkSettings {
  const [current, setCurrent] = createSignal<Settings | null>(null)
  const look = async () => {
    const answer = await client.call('settings.get', null)
    if (answer.ok) setCurrent(answer.value)
  }
  onMount(() => void look())
  return {
    current,
    async change(change) {
      const answer = await client.call('settings.change', { change })
      if (!answer.ok) return answer.error
      setCurrent(answer.value)
      return null
    },
  }
}
