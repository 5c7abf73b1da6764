import type { IceCandidate } from '../model/rtc-state.ts'

/**
 * The description without any address of ours: what may be said of a connection that hides where it
 * comes from. Candidates of TURN servers stay, since they name the server alone.
 *
 * A browser that was told `iceTransportPolicy: 'relay'` should find nothing to hide; this is for the
 * one that does. So only lines that a description of data channels needs are let through (RFC 8839,
 * RFC 8841), and those in which an address may stand are written anew.
 */
export function withoutAddresses(sdp: string): string {
  const lines = sdp.split(/\r\n|\n|\r/).flatMap((line) => hiddenLine(line) ?? [])
  return lines.map((line) => `${line}\r\n`).join('')
}

/**
 * The candidate as it may be said while we hide: null unless it is one of a TURN server. Without the
 * related address, which is our own as the server sees us (RFC 8839 §5.1), and without what browsers
 * add about the network.
 */
export function hiddenCandidate(candidate: IceCandidate): IceCandidate | null {
  const line = hiddenCandidateLine(candidate.candidate)
  return line === null ? null : { ...candidate, candidate: line }
}

/**
 * Whether a candidate of the other side may be used while we hide. A name would be looked up by this
 * device, at whatever server is asked for it.
 */
export function namesAddress({ candidate }: Pick<IceCandidate, 'candidate'>): boolean {
  const address = partsOf(candidate)?.address
  return address !== undefined && isAddress(address)
}

/** The other side's description without candidates that `namesAddress` refuses. */
export function withoutNames(sdp: string): string {
  return sdp
    .split(/(?<=\n)/)
    .filter((line) => {
      const candidate = /^a=(candidate:.*?)\s*$/i.exec(line)?.[1]
      return candidate === undefined || namesAddress({ candidate })
    })
    .join('')
}

/** Attributes (RFC 8866) in which no address can stand. */
const HARMLESS = new Set([
  'end-of-candidates',
  'extmap-allow-mixed',
  'fingerprint',
  'group',
  'ice-lite',
  'ice-options',
  'ice-pwd',
  'ice-ufrag',
  'max-message-size',
  'mid',
  'msid-semantic',
  'sctp-port',
  'sendrecv',
  'setup',
])

function hiddenLine(line: string): string | null {
  switch (line.slice(0, 2)) {
    case 'v=':
      return 'v=0'
    case 't=':
      return 't=0 0'
    case 's=':
      return 's=-'
    case 'o=': {
      // User name, session, version: the first may be anything, the last stands before the address.
      const [, session = '0', version = '0'] = /^o=\S+ (\d{1,20}) (\d{1,20}) /.exec(line) ?? []
      return `o=- ${session} ${version} IN IP4 0.0.0.0`
    }
    case 'c=':
      return 'c=IN IP4 0.0.0.0'
    case 'm=':
      // Its port is that of a candidate; 9 says that there is none yet (RFC 8840).
      return line.replace(/^(m=\S+) \d+/, '$1 9')
    case 'a=':
      return hiddenAttribute(line)
    default:
      return null
  }
}

function hiddenAttribute(line: string): string | null {
  const [, name = '', value = ''] = /^a=([^:]*):?(.*)$/.exec(line) ?? []
  if (name === 'rtcp') return 'a=rtcp:9 IN IP4 0.0.0.0'
  if (name !== 'candidate') return HARMLESS.has(name) ? line : null
  const hidden = hiddenCandidateLine(`candidate:${value}`)
  return hidden === null ? null : `a=${hidden}`
}

function hiddenCandidateLine(line: string): string | null {
  const parts = partsOf(line)
  if (parts === null || parts.type !== 'relay' || !isAddress(parts.address)) return null
  const { component, transport, priority, address, port } = parts
  const nowhere = address.includes(':') ? '::' : '0.0.0.0'
  // Browsers make the foundation from the address behind it; the priority tells as well which is which.
  const said = `candidate:${priority} ${component} ${transport} ${priority} ${address} ${port} typ relay`
  return `${said} raddr ${nowhere} rport 0`
}

const CANDIDATE =
  /^candidate:(?<foundation>\S{1,32}) (?<component>\d{1,5}) (?<transport>\w{1,16}) (?<priority>\d{1,10}) (?<address>\S{1,255}) (?<port>\d{1,5}) typ (?<type>\w+)(?: |$)/i

interface CandidateParts {
  readonly component: string
  readonly transport: string
  readonly priority: string
  readonly address: string
  readonly port: string
  readonly type: string
}

function partsOf(line: string): CandidateParts | null {
  const { component, transport, priority, address, port, type } = CANDIDATE.exec(line)?.groups ?? {}
  if (component === undefined || transport === undefined || priority === undefined) return null
  if (address === undefined || port === undefined || type === undefined) return null
  return { component, transport, priority, address, port, type }
}

/** An IP address in digits, and no name. */
function isAddress(text: string): boolean {
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return true
  return text.includes(':') && /^[0-9a-f:.]{2,45}$/i.test(text)
}
