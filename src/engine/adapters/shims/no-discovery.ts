/** Stands in for `torrent-discovery`: finding peers is the work of `swarm/`, not of WebTorrent. */
export default class NoDiscovery {
  readonly tracker = null

  on(): this {
    return this
  }

  complete(): void {}

  destroy(done?: () => void): void {
    done?.()
  }
}
