import type { OverlayLimits } from './overlay-limits.ts'

/** Who says to have what, as the DHT server keeps it: bounded, and forgotten in time. */
export interface ProviderRecords {
  /** Keeps or renews one. Beside the bounds, the newest drive out the oldest. */
  put(key: string, peer: string, value: Uint8Array): void
  get(key: string, peer: string): Uint8Array | undefined
  delete(key: string, peer: string): void
  /** The peers to be told to somebody who asks: those who are here first, then the newest. */
  peersOf(key: string): ReadonlyArray<readonly [peer: string, value: Uint8Array]>
  readonly size: number
}

export interface ProviderRecordsDeps {
  readonly limits: Pick<
    OverlayLimits,
    'providers' | 'providersPerKey' | 'providersPerPeer' | 'providersTold' | 'providerLifetime'
  >
  /** Whether a peer is connected right now. */
  readonly isHere: (peer: string) => boolean
  /** In ms. */
  readonly now: () => number
}

interface ProviderRecord {
  readonly key: string
  readonly peer: string
  readonly value: Uint8Array
  readonly until: number
}

/**
 * A peer that floods drives out its own records only. A key that is flooded by many identities
 * keeps the providers that are connected, which each cost an admitted connection.
 */
export function makeProviderRecords(deps: ProviderRecordsDeps): ProviderRecords {
  const { limits, isHere, now } = deps
  // Maps and sets remember the order of insertion, and a renewed record is inserted anew: the first
  // is always the oldest.
  const all = new Map<string, ProviderRecord>()
  const byKey = new Map<string, Set<string>>()
  const byPeer = new Map<string, Set<string>>()

  const idOf = (key: string, peer: string): string => `${key}/${peer}`

  const remove = (id: string): void => {
    const record = all.get(id)
    if (record === undefined) return
    all.delete(id)
    removeFrom(byKey, record.key, id)
    removeFrom(byPeer, record.peer, id)
  }

  const removeExpired = (): void => {
    const time = now()
    for (const [id, { until }] of all) {
      if (until > time) return
      remove(id)
    }
  }

  const removeOldest = (): void => {
    for (const id of all.keys()) return remove(id)
  }

  const removeOneOf = (key: string): void => {
    const ids = [...(byKey.get(key) ?? [])]
    const absent = ids.find((id) => !isHere(all.get(id)?.peer ?? ''))
    remove(absent ?? ids[0] ?? '')
  }

  return {
    put(key, peer, value) {
      removeExpired()
      const id = idOf(key, peer)
      remove(id)
      if ((byPeer.get(peer)?.size ?? 0) >= limits.providersPerPeer) remove(firstOf(byPeer, peer))
      if ((byKey.get(key)?.size ?? 0) >= limits.providersPerKey) removeOneOf(key)
      if (all.size >= limits.providers) removeOldest()

      all.set(id, { key, peer, value, until: now() + limits.providerLifetime })
      addTo(byKey, key, id)
      addTo(byPeer, peer, id)
    },

    get: (key, peer) => all.get(idOf(key, peer))?.value,
    delete: (key, peer) => remove(idOf(key, peer)),

    peersOf(key) {
      removeExpired()
      const newestFirst = [...(byKey.get(key) ?? [])].reverse()
      const records = newestFirst.flatMap((id) => all.get(id) ?? [])
      const here = records.filter(({ peer }) => isHere(peer))
      const gone = records.filter(({ peer }) => !isHere(peer))
      return [...here, ...gone]
        .slice(0, limits.providersTold)
        .map(({ peer, value }) => [peer, value])
    },

    get size() {
      return all.size
    },
  }
}

function addTo(index: Map<string, Set<string>>, name: string, id: string): void {
  const ids = index.get(name)
  if (ids === undefined) index.set(name, new Set([id]))
  else ids.add(id)
}

function removeFrom(index: Map<string, Set<string>>, name: string, id: string): void {
  const ids = index.get(name)
  ids?.delete(id)
  if (ids?.size === 0) index.delete(name)
}

function firstOf(index: Map<string, Set<string>>, name: string): string {
  return index.get(name)?.values().next().value ?? ''
}
