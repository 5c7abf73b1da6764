import type { RtcConfig, RtcIceServer } from '../contracts/rtc.ts'
import type { Provenance } from '../model/private-job.ts'
import type { UnusedContacts } from '../model/torrent.ts'
import { unreachable } from '../model/result.ts'
import type { PeerSource, SwarmPolicy } from '../model/swarm-policy.ts'

/**
 * May a torrent of this policy use peers of this source? The only judge: everything that finds,
 * announces to or dials peers asks here.
 *
 * A private swarm never uses a tracker or a web seed, whatever its list says: policies come out
 * of stored records and invites too, and both sources tell a third party who takes part.
 */
export function allows(policy: SwarmPolicy, source: PeerSource): boolean {
  if (policy.name === 'public') return true
  return source !== 'tracker' && source !== 'web-seed' && policy.sources.includes(source)
}

/**
 * May this torrent be found, and look, under the key that everybody can compute from its info hash?
 * Only where policy makes no difference between peers, and its makers did not name who may say who
 * takes part (BEP 27).
 */
export function mayPublish(policy: SwarmPolicy, flagged: boolean): boolean {
  return policy.name === 'public' && !flagged && allows(policy, 'overlay')
}

/** May a torrent of this policy take part at all, and be added, while only private ones may? */
export function mayRun(policy: SwarmPolicy, privateOnly: boolean): boolean {
  return !privateOnly || policy.name === 'private'
}

/** May a torrent of this policy be got from a candidate that is known from there? */
export function offersFrom(policy: SwarmPolicy, provenance: Provenance): boolean {
  switch (provenance) {
    case 'overlay-member':
      return allows(policy, 'overlay')
    case 'invite':
    case 'allowlist':
      return allows(policy, 'invite')
    case 'overlay':
      return policy.name === 'public' // anybody may write such a record
    case 'tracker':
    case 'web-seed':
      return allows(policy, provenance)
    default:
      return unreachable(provenance)
  }
}

/** Places of third parties that a torrent is told of, by its link, its metainfo or the settings. */
export interface Contacts {
  readonly trackers: readonly string[]
  readonly webSeeds: readonly string[]
}

/** Those that may be contacted, and those that policy keeps silent about. */
export function judgeContacts(
  policy: SwarmPolicy,
  { trackers, webSeeds }: Contacts,
): { readonly used: Contacts; readonly unused: Contacts } {
  const announces = allows(policy, 'tracker')
  const fetches = allows(policy, 'web-seed')
  return {
    used: { trackers: announces ? trackers : [], webSeeds: fetches ? webSeeds : [] },
    unused: { trackers: announces ? [] : trackers, webSeeds: fetches ? [] : webSeeds },
  }
}

/** What is told of those that are not used; null when there is nothing to tell. */
export function countUnused({ trackers, webSeeds }: Contacts, others = 0): UnusedContacts | null {
  const unused = { trackers: trackers.length, webSeeds: webSeeds.length, others }
  return Object.values(unused).every((count) => count === 0) ? null : unused
}

/** What a connection of a torrent may be made with, beside its policy. */
export interface IceChoice {
  /** Of the settings; the person's own words, but not the members'. */
  readonly chosen: readonly RtcIceServer[]
  /** STUN of the relays in the settings. */
  readonly ofRelays: readonly RtcIceServer[]
  /** Members of private swarms are not to learn our address. */
  readonly hideAddress: boolean
}

/**
 * How a direct path of a torrent may be made; null where none may, and the wire goes through a relay.
 *
 * STUN tells its server who is about to connect, and when: for a private torrent only that of a
 * relay is asked, which knows us anyway. TURN is the person's own account somewhere, named to carry
 * this: it is used. Hidden, there is nothing but TURN, and no candidate of ours is said.
 */
export function rtcConfigFor(policy: SwarmPolicy, choice: IceChoice): RtcConfig | null {
  const { chosen, ofRelays, hideAddress } = choice
  if (policy.name === 'public') return publicRtcConfig(choice)
  const turns = chosen.flatMap((server) => only(server, isTurn))
  if (hideAddress) {
    return turns.length === 0 ? null : { iceServers: turns, iceTransportPolicy: 'relay' }
  }
  return { iceServers: [...ofRelays, ...turns] }
}

/** How connections of public torrents are made, those that trackers arrange among them. */
export function publicRtcConfig({ chosen, ofRelays }: Omit<IceChoice, 'hideAddress'>): RtcConfig {
  return { iceServers: chosen.length > 0 ? chosen : ofRelays }
}

function only(server: RtcIceServer, keep: (url: string) => boolean): readonly RtcIceServer[] {
  const urls = [server.urls].flat().filter(keep)
  return urls.length === 0 ? [] : [{ ...server, urls }]
}

function isTurn(url: string): boolean {
  return /^turns?:/i.test(url)
}
