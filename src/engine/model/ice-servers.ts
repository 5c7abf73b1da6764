import type { IceServer, Settings } from './settings.ts'

/** One that new connections ask, and who named it. */
export interface IceServerInUse extends IceServer {
  readonly from: 'settings' | 'relay'
}

/** What the person set, or else the STUN of the relays that have told of one. */
export function iceServersInUse(
  { iceServers }: Pick<Settings, 'iceServers'>,
  relays: ReadonlyArray<{ readonly stun: string | null }>,
): readonly IceServerInUse[] {
  if (iceServers.length > 0) return iceServers.map((server) => ({ ...server, from: 'settings' }))
  return relays.flatMap(({ stun }) => (stun === null ? [] : [{ urls: [stun], from: 'relay' }]))
}
