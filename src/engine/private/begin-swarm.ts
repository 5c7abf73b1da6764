import type { EngineError } from '../model/errors.ts'
import type { InfoHash } from '../model/ids.ts'
import { err, ok, type Result } from '../model/result.ts'
import { isPrivate, type SwarmPolicy } from '../model/swarm-policy.ts'
import type { SeedOptions } from '../model/torrent.ts'
import type { Bytes } from '../model/units.ts'
import { readPassphrase, type Passphrase } from '../keyed/passphrase.ts'
import type { PrivateSwarms } from './private-swarms.ts'

/** What is to decide who may join a torrent that is being made; null where everybody may. */
export type DoorPlan = 'members' | 'key' | Passphrase | null

/** Reads the wishes of whoever makes a torrent, before anything is hashed. */
export function planDoor(
  policy: SwarmPolicy,
  { door, passphrase, trackers = [] }: Pick<SeedOptions, 'door' | 'passphrase' | 'trackers'>,
): Result<DoorPlan, EngineError> {
  if (!isPrivate(policy)) {
    if (door !== undefined) return contradiction('a door and a public torrent')
    return passphrase === undefined ? ok(null) : contradiction('a passphrase and a public torrent')
  }
  if (trackers.length > 0) return contradiction('trackers and a private torrent')
  if (passphrase === undefined) {
    if (door === 'passphrase') return err({ kind: 'policy/passphrase', reason: 'missing' })
    return ok(door ?? 'members')
  }
  if (door !== undefined && door !== 'passphrase') {
    return contradiction('a passphrase and another door')
  }
  const read = readPassphrase(passphrase)
  return read.ok ? ok(read.value) : err({ kind: 'policy/passphrase', reason: 'weak' })
}

/** Begins the swarm of a torrent that was just made. It is kept when this answers. */
export async function beginSwarmOf(
  privates: PrivateSwarms,
  infoHash: InfoHash,
  plan: Exclude<DoorPlan, null>,
  about: { readonly name: string; readonly bytes: Bytes },
): Promise<Result<void, EngineError>> {
  const door =
    typeof plan === 'string'
      ? plan
      : { prs: (swarm: Parameters<Passphrase['derive']>[0]) => plan.derive(swarm, NEVER) }
  const begun = await privates.create(infoHash, door, about)
  return begun.ok ? ok() : begun
}

const NEVER = new AbortController().signal

function contradiction(what: string): Result<never, EngineError> {
  return err({ kind: 'policy/contradiction', what })
}
