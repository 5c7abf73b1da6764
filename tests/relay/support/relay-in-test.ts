import './patience.ts'
import { onTestFinished } from 'vitest'
import type { RelayConfig } from '../../../relay/config.ts'
import { makeLog } from '../../../relay/log.ts'
import { OVERLAY_LIMITS, type OverlayLimits } from '../../../relay/overlay/overlay-limits.ts'
import { startRelay, type Relay } from '../../../relay/relay.ts'

export interface RelayInTest extends Relay {
  /** Multiaddr of its WebSocket with its peer id. */
  readonly address: string
  /** One figure of `/metrics`, without the prefix. */
  figure(name: string): Promise<number>
  /** Resolves once that figure is `value`. */
  figureIs(name: string, value: number): Promise<void>
}

/** The whole relay without a page, in this process, on a free port, gone when the test is over. */
export async function relayInTest(
  config: Partial<RelayConfig> = {},
  narrowed: Partial<OverlayLimits> = {},
): Promise<RelayInTest> {
  const relay = await startRelay(
    {
      port: 0,
      host: '127.0.0.1',
      appFolder: null,
      logLevel: 'error',
      metricsPort: 0,
      stunPort: null,
      ...config,
    },
    makeLog('error'),
    { ...OVERLAY_LIMITS, ...narrowed },
  )
  onTestFinished(() => relay.close())

  const figure = async (name: string): Promise<number> => {
    const text = await (await fetch(`http://127.0.0.1:${relay.metricsPort}/metrics`)).text()
    const line = text.split('\n').find((one) => one.startsWith(`chiral_relay_${name} `))
    return Number(line?.split(' ')[1])
  }
  return {
    ...relay,
    address: relay.addresses[0]!,
    figure,
    async figureIs(name, value) {
      while ((await figure(name)) !== value) {
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
  }
}
