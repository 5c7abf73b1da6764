import * as v from 'valibot'
import type { AddressKind, AddressProblem, ErrorIn } from './model/errors.ts'
import { err, ok, type Result } from './model/result.ts'
import type { Settings } from './model/settings.ts'
import { parseRelayAddress } from './overlay/relay-address.ts'

const MAX_ADDRESS_LENGTH = 2048
/** RFC 7064 and 7065: scheme, host, port, transport. */
const ICE_URL =
  /^(stun|turn)s?:(?:\[[\da-f:.]+\]|[a-z\d](?:[a-z\d.-]*[a-z\d])?)(?::(\d{1,5}))?(\?transport=(?:udp|tcp))?$/i

const FORM: AddressProblem = 'form'
const CREDENTIAL: AddressProblem = 'credential'
const TOO_MANY: AddressProblem = 'too-many'

const rate = v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0)))
const address = (is: (text: string) => boolean) =>
  v.pipe(
    v.string(),
    v.check((text) => text.length <= MAX_ADDRESS_LENGTH && is(text), FORM),
  )
const webTracker = address((url) => URL.canParse(url) && /^wss?:$/.test(new URL(url).protocol))
const relay = address((text) => parseRelayAddress(text) !== null)
const iceUrl = address(isIceUrl)
const iceServer = v.pipe(
  v.object({
    urls: v.pipe(v.array(iceUrl), v.minLength(1, FORM), v.maxLength(10, TOO_MANY)),
    username: v.exactOptional(v.string()),
    credential: v.exactOptional(v.string()),
  }),
  v.check(
    ({ urls, username, credential }) =>
      !urls.some((url) => /^turns?:/i.test(url)) || (!!username && !!credential),
    CREDENTIAL,
  ),
)
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
  trackers: v.exactOptional(v.nullable(v.pipe(v.array(webTracker), v.maxLength(20, TOO_MANY)))),
  relays: v.exactOptional(v.nullable(v.pipe(v.array(relay), v.maxLength(4, TOO_MANY)))),
  iceServers: v.exactOptional(v.pipe(v.array(iceServer), v.maxLength(10, TOO_MANY))),
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
  const of = ADDRESSES[field?.split('.', 1)[0] ?? '']
  if (of !== undefined && isProblem(issue.message)) {
    return err({ kind: 'input/address', of, reason: issue.message })
  }
  return err({
    kind: 'input/settings',
    message: field === null ? issue.message : `${field}: ${issue.message}`,
  })
}

/** Strict, because a browser refuses every connection that names one server it cannot read. */
function isIceUrl(text: string): boolean {
  const [, scheme, port, transport] = ICE_URL.exec(text) ?? []
  if (scheme === undefined || Number(port ?? 0) > 65_535) return false
  return transport === undefined || scheme.toLowerCase() === 'turn'
}

const ADDRESSES: Readonly<Record<string, AddressKind>> = {
  relays: 'relay',
  trackers: 'tracker',
  iceServers: 'ice-server',
}

function isProblem(message: string): message is AddressProblem {
  return message === FORM || message === CREDENTIAL || message === TOO_MANY
}
