import type { AddressFamily, CandidateKind } from '../model/doctor.ts'

/** One line of an ICE candidate (RFC 8839 §5.1), as far as it says how a path may be found. */
export interface ReadCandidate {
  readonly kind: CandidateKind
  /** Null for a name. */
  readonly family: AddressFamily | null
  /** Everybody on the internet reaches this address, if nothing filters. False for names. */
  readonly global: boolean
  readonly protocol: 'udp' | 'tcp'
  readonly address: string
  readonly port: number
}

const KINDS: Readonly<Record<string, CandidateKind>> = {
  host: 'host',
  srflx: 'reflexive',
  prflx: 'reflexive',
  relay: 'turn',
}

/** Null for what is no candidate of UDP or TCP. */
export function readCandidate(line: string): ReadCandidate | null {
  const parts = line
    .replace(/^a=/, '')
    .replace(/^candidate:/, '')
    .split(' ')
  const [, , transport = '', , address = '', port = '', typ, type = ''] = parts
  const protocol = transport.toLowerCase()
  const kind = KINDS[type]
  if (typ !== 'typ' || kind === undefined || (protocol !== 'udp' && protocol !== 'tcp')) return null
  const family = familyOf(address)
  return {
    kind: kind === 'host' && family === null ? 'mdns' : kind,
    family,
    global: family !== null && isGlobal(address, family),
    protocol,
    address,
    port: Number(port),
  }
}

function familyOf(address: string): AddressFamily | null {
  if (/^\d+(\.\d+){3}$/.test(address)) return 'ipv4'
  return address.includes(':') ? 'ipv6' : null
}

/** Not reserved for a purpose that keeps it within one network (RFC 6890, RFC 6598). */
function isGlobal(address: string, family: AddressFamily): boolean {
  if (family === 'ipv6') return /^[23]/.test(address) && !/^2001:0?db8:/i.test(address)
  const [first = 0, second = 0] = address.split('.').map(Number)
  if (first === 0 || first === 10 || first === 127 || first >= 224) return false
  if (first === 100) return second < 64 || second > 127
  if (first === 169) return second !== 254
  if (first === 172) return second < 16 || second > 31
  if (first === 192) return second !== 168 && second !== 0
  return true
}
