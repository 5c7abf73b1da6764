import * as v from 'valibot'
import type { ErrorIn } from './model/errors.ts'
import { err, ok, type Result } from './model/result.ts'
import type { Settings } from './model/settings.ts'
import { parseRelayAddress } from './overlay/relay-address.ts'

const rate = v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0)))
const webTracker = v.pipe(
  v.string(),
  v.maxLength(2048),
  v.check(
    (url) => URL.canParse(url) && /^wss?:$/.test(new URL(url).protocol),
    'A tracker address begins with wss:// or ws://.',
  ),
)
const relay = v.pipe(
  v.string(),
  v.maxLength(2048),
  v.check(
    (address) => parseRelayAddress(address) !== null,
    'A relay address begins with https://, or is a WebSocket multiaddr.',
  ),
)
const iceServer = v.object({
  urls: v.pipe(v.array(v.pipe(v.string(), v.regex(/^(stuns?|turns?):/))), v.maxLength(10)),
  username: v.exactOptional(v.string()),
  credential: v.exactOptional(v.string()),
})
const policy = v.variant('name', [
  v.object({ name: v.literal('public') }),
  v.object({ name: v.literal('private'), sources: v.array(v.picklist(['overlay', 'invite'])) }),
])

const settingsChange = v.strictObject({
  downLimit: v.exactOptional(rate),
  upLimit: v.exactOptional(rate),
  torrentDownLimit: v.exactOptional(rate),
  torrentUpLimit: v.exactOptional(rate),
  peerDownLimit: v.exactOptional(rate),
  peerUpLimit: v.exactOptional(rate),
  maxConnections: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(256))),
  uploadSlots: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(64))),
  trackers: v.exactOptional(v.nullable(v.pipe(v.array(webTracker), v.maxLength(20)))),
  relays: v.exactOptional(v.nullable(v.pipe(v.array(relay), v.maxLength(4)))),
  iceServers: v.exactOptional(v.pipe(v.array(iceServer), v.maxLength(10))),
  defaultPolicy: v.exactOptional(policy),
  privateOnly: v.exactOptional(v.boolean()),
  hideAddress: v.exactOptional(v.boolean()),
  keepAwake: v.exactOptional(v.boolean()),
})

/** Takes a change from a person, a script or the disk: all of it is in range, or none is taken. */
export function checkSettings(change: unknown): Result<Partial<Settings>, ErrorIn<'input'>> {
  const parsed = v.safeParse(settingsChange, change)
  if (parsed.success) return ok(parsed.output)
  const [issue] = parsed.issues
  const field = v.getDotPath(issue)
  return err({
    kind: 'input/settings',
    message: field === null ? issue.message : `${field}: ${issue.message}`,
  })
}
