import type { PieceIndex } from '../model/ids.ts'
import type { Bytes } from '../model/units.ts'

export interface SmartBanSpec {
  readonly pieceCount: number
  /**
   * Any collision-resistant digest. Must take what it needs of the bytes before it returns, as
   * `crypto.subtle.digest` does.
   */
  readonly digest: (bytes: Uint8Array) => Promise<ArrayBuffer | Uint8Array>
}

/**
 * Finds out who sent bad blocks. `Peer` is whatever names a peer for as long as it should be
 * remembered: its identity where there is one.
 *
 * A piece that fails and came from one peer convicts it. Otherwise the digests of all its
 * blocks are kept, and when the piece comes out good later, those convict whose blocks were
 * different. Until then its sources are on parole: unless what they are asked for comes from
 * one source, one poisoner among honest peers spoils piece after piece and stays unknown
 * (`sole-source.ts`).
 */
export interface SmartBan<Peer> {
  /**
   * A block arrived. Its bytes are kept, not copied, until its piece is good or failed, and must
   * not change until then.
   */
  block(piece: PieceIndex, offset: Bytes, peer: Peer, bytes: Uint8Array): void
  /**
   * The piece's hash was right and these are its bytes; they are read before this returns.
   * Credits its sources. Resolves to the peers that are to be banned for what they sent.
   */
  pieceGood(piece: PieceIndex, bytes: Uint8Array): Promise<readonly Peer[]>
  /** The piece's hash was wrong. Resolves to the peers that are to be banned already. */
  pieceFailed(piece: PieceIndex): Promise<readonly Peer[]>
  /** Took part in a failed piece that is not explained yet. */
  onParole(peer: Peer): boolean
  /** Failed, and it is not known yet by whose fault. */
  isSuspect(piece: PieceIndex): boolean
  /** Bytes from this peer that went into good pieces; no block counts twice. */
  verifiedBytes(peer: Peer): Bytes
  /**
   * The blocks a banned peer sent for pieces that are not finished. They are not held against
   * anybody any more; ask others for them, or those pieces will fail too.
   */
  takeBlocks(peer: Peer): ReadonlyArray<BlockSpan & { readonly piece: PieceIndex }>
  /** The peer will not come back under this name. */
  forget(peer: Peer): void
}

export interface BlockSpan {
  readonly offset: Bytes
  readonly length: Bytes
}

/** Failed pieces whose digests are kept, the newest. Their sources go free when more fail. */
const MAX_FAILED_PIECES = 64

/** Attempts at one piece that are kept: digests of 20 bytes for each 16 KiB, so 0.5 % of them. */
const MAX_ATTEMPTS = 4

/**
 * Unexplained failed pieces after which a peer goes without proof, if they outnumber its good
 * ones and others were involved in fewer. (libtorrent lets a newcomer go after four.)
 */
const MAX_UNEXPLAINED = 3

interface Block<Peer> {
  readonly offset: Bytes
  readonly peer: Peer
  readonly bytes: Uint8Array
}

interface Evidence<Peer> extends BlockSpan {
  readonly peer: Peer
  readonly digest: string
}

interface Reputation {
  goodPieces: number
  verifiedBytes: Bytes
  readonly unexplained: Set<PieceIndex>
}

export function makeSmartBan<Peer>({ pieceCount, digest }: SmartBanSpec): SmartBan<Peer> {
  const arriving = new Map<PieceIndex, Block<Peer>[]>()
  const failures = new Map<PieceIndex, Promise<readonly Evidence<Peer>[]>[]>()
  const reputations = new Map<Peer, Reputation>()
  const good = new Uint8Array(pieceCount)

  const textDigest = async (bytes: Uint8Array) => String(new Uint8Array(await digest(bytes)))

  function reputationOf(peer: Peer): Reputation {
    let reputation = reputations.get(peer)
    if (reputation === undefined) {
      reputation = { goodPieces: 0, verifiedBytes: 0, unexplained: new Set() }
      reputations.set(peer, reputation)
    }
    return reputation
  }

  function take(piece: PieceIndex): readonly Block<Peer>[] {
    const blocks = arriving.get(piece) ?? []
    arriving.delete(piece)
    return blocks
  }

  /** The piece accuses nobody any more. */
  function close(piece: PieceIndex): void {
    failures.delete(piece)
    for (const { unexplained } of reputations.values()) unexplained.delete(piece)
  }

  function keepEvidence(piece: PieceIndex, blocks: readonly Block<Peer>[]): void {
    const evidence = Promise.all(
      blocks.map(async ({ offset, peer, bytes }) => {
        return { offset, length: bytes.length, peer, digest: await textDigest(bytes) }
      }),
    )
    const attempts = [...(failures.get(piece) ?? []), evidence].slice(-MAX_ATTEMPTS)
    failures.delete(piece)
    failures.set(piece, attempts)
    const [oldest] = failures.keys()
    if (failures.size > MAX_FAILED_PIECES && oldest !== undefined) close(oldest)
  }

  /** Without proof: those who were in more unexplained failures than somebody else of this piece. */
  function mostSuspicious(sources: ReadonlySet<Peer>): readonly Peer[] {
    const counts = [...sources].map((peer) => reputationOf(peer).unexplained.size)
    const most = Math.max(...counts)
    if (most < MAX_UNEXPLAINED || Math.min(...counts) === most) return []
    return [...sources].filter((peer) => {
      const { unexplained, goodPieces } = reputationOf(peer)
      return unexplained.size === most && unexplained.size > goodPieces
    })
  }

  async function differing(piece: PieceIndex, bytes: Uint8Array): Promise<ReadonlySet<Peer>> {
    const culprits = new Set<Peer>()
    const attempts = failures.get(piece)
    if (attempts === undefined) return culprits
    // The bytes are the caller's: all that is needed of them is taken before the first `await`.
    const copy = bytes.slice()
    const evidence = (await Promise.all(attempts)).flat()
    for (const { offset, length, peer, digest: sent } of evidence) {
      if (culprits.has(peer)) continue
      if (sent !== (await textDigest(copy.subarray(offset, offset + length)))) culprits.add(peer)
    }
    close(piece)
    return culprits
  }

  /** Credits the first right block of each place; answers who sent a wrong one besides. */
  function credit(blocks: readonly Block<Peer>[], bytes: Uint8Array): ReadonlySet<Peer> {
    const wrong = new Set<Peer>()
    const helped = new Set<Peer>()
    const places = Map.groupBy(blocks, (block) => block.offset)
    for (const rivals of places.values()) {
      // A single block is what the hash was right about; only rivals need a look.
      const [first, ...others] = rivals.filter((block) => {
        if (rivals.length === 1 || isAt(bytes, block)) return true
        wrong.add(block.peer)
        return false
      })
      if (first === undefined) continue
      reputationOf(first.peer).verifiedBytes += first.bytes.length
      for (const block of [first, ...others]) helped.add(block.peer)
    }
    for (const peer of helped) if (!wrong.has(peer)) reputationOf(peer).goodPieces += 1
    return wrong
  }

  return {
    block(piece, offset, peer, bytes) {
      if (good[piece] !== 0) return
      const blocks = arriving.get(piece)
      const block = { offset, peer, bytes }
      if (blocks === undefined) arriving.set(piece, [block])
      else blocks.push(block)
    },

    async pieceGood(piece, bytes) {
      good[piece] = 1
      const wrong = credit(take(piece), bytes)
      return [...wrong.union(await differing(piece, bytes))]
    },

    async pieceFailed(piece) {
      const blocks = take(piece)
      const sources = new Set(blocks.map((block) => block.peer))
      if (sources.size < 2) return [...sources]
      for (const peer of sources) reputationOf(peer).unexplained.add(piece)
      keepEvidence(piece, blocks)
      return mostSuspicious(sources)
    },

    onParole: (peer) => (reputations.get(peer)?.unexplained.size ?? 0) > 0,
    isSuspect: (piece) => failures.has(piece),
    verifiedBytes: (peer) => reputations.get(peer)?.verifiedBytes ?? 0,

    takeBlocks(banned) {
      return [...arriving].flatMap(([piece, blocks]) => {
        const [theirs, others] = [
          blocks.filter(({ peer }) => peer === banned),
          blocks.filter(({ peer }) => peer !== banned),
        ]
        if (others.length === 0) arriving.delete(piece)
        else arriving.set(piece, others)
        return theirs.map(({ offset, bytes }) => ({ piece, offset, length: bytes.length }))
      })
    },

    forget(peer) {
      reputations.delete(peer)
    },
  }
}

function isAt(piece: Uint8Array, { offset, bytes }: Block<unknown>): boolean {
  if (offset + bytes.length > piece.length) return false
  return bytes.every((byte, at) => byte === piece[offset + at])
}
