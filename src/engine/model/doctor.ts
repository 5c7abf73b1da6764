import type { Bytes, Millis } from './units.ts'

/** What the doctor looks at, in the order it is told. */
export const CHECKS = ['relays', 'reservation', 'trackers', 'stun', 'direct', 'relayed'] as const

export type CheckName = (typeof CHECKS)[number]

/** Every outcome there is. No address and no name of a peer is in any of them. */
export interface Findings {
  /** Whether the relays of the settings answer a request. */
  relays:
    | {
        readonly found: 'answer'
        readonly answering: number
        readonly of: number
        readonly after: Millis
      }
    /** Something answers, and it is no relay or is not ready to be one. */
    | { readonly found: 'no-relay' }
    | { readonly found: 'silent' }
    | { readonly found: 'none-set' }
  /** Whether others reach this browser through one of them. */
  reservation:
    | { readonly found: 'held'; readonly at: number; readonly of: number }
    /** Connected, and there was no place. */
    | { readonly found: 'refused' }
    /** They answer requests, and no WebSocket comes through. */
    | { readonly found: 'no-socket' }
    /** None answers, or none is set. */
    | { readonly found: 'no-relay' }
  /** Whether a tracker takes an announcement over its WebSocket. */
  trackers:
    | {
        readonly found: 'answer'
        readonly answering: number
        readonly of: number
        readonly after: Millis
      }
    | { readonly found: 'refused' }
    /** The WebSocket opens, and nothing comes. */
    | { readonly found: 'silent' }
    | { readonly found: 'no-socket' }
    | { readonly found: 'none-set' }
  /** Which addresses of this browser others could be told. */
  stun:
    | {
        readonly found: 'reflexive'
        readonly families: readonly AddressFamily[]
        /** `each`: another port for each server, so a port that is told is of no use to others. */
        readonly mapping: 'steady' | 'each' | 'unknown'
        readonly after: Millis
      }
    /** The device's own addresses are public: nobody needs to tell it. */
    | { readonly found: 'public'; readonly families: readonly AddressFamily[] }
    /** A server answers from within the same network: it sees the device's own address, and no other. */
    | { readonly found: 'unmapped' }
    | { readonly found: 'silent' }
    /** The browser tells no address at all, as some settings and extensions want it. */
    | { readonly found: 'no-candidates' }
    | { readonly found: 'none-set' }
  /** Whether two connections of this page find each other, and by which kinds of address. */
  direct:
    | {
        readonly found: 'opened'
        readonly by: readonly CandidateKind[]
        /** Kinds that alone did not lead there. */
        readonly notBy: readonly CandidateKind[]
      }
    | { readonly found: 'failed'; readonly tried: readonly CandidateKind[] }
    | { readonly found: 'no-candidates' }
    /** As many connections as are allowed are in use. */
    | { readonly found: 'no-room' }
  /** Whether a stranger reaches this browser through a relay. */
  relayed:
    | {
        readonly found: 'carries'
        readonly after: Millis
        /** What the relay carries on one connection, both ways; null when it says no limit. */
        readonly limit: Bytes | null
      }
    | { readonly found: 'failed' }
    | { readonly found: 'no-relay' }
}

export type AddressFamily = 'ipv4' | 'ipv6'

/** How an address was learnt: the interface's, a name for it, from a STUN server, from a TURN server. */
export const CANDIDATE_KINDS = ['host', 'mdns', 'reflexive', 'turn'] as const
export type CandidateKind = (typeof CANDIDATE_KINDS)[number]

/** `CheckResult` is the union of all, `CheckResult<'stun'>` is one of them. */
export type CheckResult<Name extends CheckName = CheckName> = {
  [One in Name]: { readonly check: One } & Findings[One]
}[Name]

/** How good a finding is. `skipped`: what it rests on is missing, and is told of by its own check. */
export type Grade = 'good' | 'limited' | 'bad' | 'skipped'

/** What all of them together mean. */
export type Verdict =
  | 'all-well'
  /** No tracker answers: only other Chiral browsers are found. */
  | 'overlay-only'
  /** No relay answers: peers are met through trackers alone, and only directly. */
  | 'trackers-only'
  /** Direct paths exist, but not to networks that want to know the port beforehand. */
  | 'strict-network'
  /** Direct paths exist only within the person's own network; the relay carries the rest. */
  | 'own-network'
  /** The same, and nothing carries the rest. */
  | 'own-network-only'
  /** No direct path at all, the relay carries. */
  | 'relay-carries'
  /** Others can be met, and nothing leads to them. */
  | 'no-path'
  /** Nobody can be met. */
  | 'cut-off'
