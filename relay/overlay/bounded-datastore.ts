import { NotFoundError } from '@libp2p/interface'
import { peerIdFromCID, peerIdFromString } from '@libp2p/peer-id'
import { BaseDatastore } from 'datastore-core'
import { Key, type KeyQuery, type Pair, type Query } from 'interface-datastore'
import { CID } from 'multiformats/cid'
import type { OverlayLimits } from './overlay-limits.ts'
import { makeProviderRecords, type ProviderRecords } from './provider-records.ts'

/** libp2p's namespace of what it knows of each peer, and kad-dht's of provider records. */
const PEERS = '/peers/'
const PROVIDERS = '/dht/provider'

export interface BoundedDatastoreDeps {
  readonly limits: OverlayLimits
  /** Whether this peer id (`12D3Koo…`) is connected, or our own. */
  readonly isHere: (peer: string) => boolean
  /** In ms. */
  readonly now: () => number
}

/**
 * Where the relay's libp2p node keeps what strangers make it remember: peers and provider records,
 * in memory, each with a bound. Everything else is refused; the library would keep it for two days.
 */
export class BoundedDatastore extends BaseDatastore {
  readonly #limits: OverlayLimits
  readonly #isHere: (peer: string) => boolean
  readonly #peers = new Map<string, Uint8Array>()
  readonly #providers: ProviderRecords

  constructor({ limits, isHere, now }: BoundedDatastoreDeps) {
    super()
    this.#limits = limits
    this.#isHere = isHere
    this.#providers = makeProviderRecords({ limits, isHere, now })
  }

  get size(): { readonly peers: number; readonly providers: number } {
    return { peers: this.#peers.size, providers: this.#providers.size }
  }

  override put(key: Key, value: Uint8Array): Key {
    const name = key.toString()
    const provider = providerOf(name)
    if (provider !== null) this.#providers.put(provider.key, provider.peer, value)
    else if (name.startsWith(PEERS)) this.#putPeer(name, value)
    else throw new Error('This relay keeps peers and providers only.')
    return key
  }

  override get(key: Key): Uint8Array {
    const value = this.#find(key.toString())
    if (value === undefined) throw new NotFoundError()
    return value
  }

  override has(key: Key): boolean {
    return this.#find(key.toString()) !== undefined
  }

  override delete(key: Key): void {
    const name = key.toString()
    const provider = providerOf(name)
    if (provider !== null) this.#providers.delete(provider.key, provider.peer)
    else this.#peers.delete(name)
  }

  override *_all({ prefix = '' }: Query): Generator<Pair> {
    if (prefix.startsWith(`${PROVIDERS}/`)) {
      for (const [peer, value] of this.#providers.peersOf(prefix.slice(PROVIDERS.length + 1))) {
        // One provider whose addresses are forgotten would fail the answer for everybody
        // (kad-dht 16.4, `get-providers.ts`).
        if (!this.#peers.has(nameOfPeer(peer))) continue
        yield { key: new Key(`${prefix}/${peer}`), value }
      }
      // The library sweeps all records for its own and for old ones. We have none of our own, and
      // the old ones are gone already.
    } else if (prefix.startsWith(PEERS)) {
      for (const [name, value] of this.#peers) yield { key: new Key(name), value }
    }
  }

  override *_allKeys(query: KeyQuery): Generator<Key> {
    for (const { key } of this._all({ prefix: query.prefix ?? '' })) yield key
  }

  #find(name: string): Uint8Array | undefined {
    const provider = providerOf(name)
    return provider === null
      ? this.#peers.get(name)
      : this.#providers.get(provider.key, provider.peer)
  }

  #putPeer(name: string, value: Uint8Array): void {
    if (value.byteLength > this.#limits.peerBytes) {
      throw new Error('There is too much to remember of this peer.')
    }
    this.#peers.delete(name)
    if (this.#peers.size >= this.#limits.peers) this.#forgetOnePeer()
    this.#peers.set(name, value)
  }

  /** The one that was heard of longest ago. Who is connected goes to the end of the line. */
  #forgetOnePeer(): void {
    for (let tries = this.#peers.size; tries > 0; tries--) {
      const [name, value] = this.#peers.entries().next().value ?? []
      if (name === undefined || value === undefined) return
      this.#peers.delete(name)
      if (!this.#isHere(peerOfName(name))) return
      this.#peers.set(name, value)
    }
  }
}

/** `/dht/provider/<multihash in base32>/<peer id>`; `null` for everything else. */
function providerOf(name: string): { readonly key: string; readonly peer: string } | null {
  if (!name.startsWith(`${PROVIDERS}/`)) return null
  const [key, peer, ...rest] = name.slice(PROVIDERS.length + 1).split('/')
  return key === undefined || peer === undefined || rest.length > 0 ? null : { key, peer }
}

function nameOfPeer(peer: string): string {
  return `${PEERS}${peerIdFromString(peer).toCID().toString()}`
}

function peerOfName(name: string): string {
  return peerIdFromCID(CID.parse(name.slice(PEERS.length))).toString()
}
