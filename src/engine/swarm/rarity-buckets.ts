import type { PieceIndex } from '../model/ids.ts'

/** Pieces sorted by how many peers have them. Every change costs the same, however many there are. */
export interface RarityBuckets {
  /** The piece must not be in a bucket. */
  add(piece: PieceIndex, rarity: number): void
  /** The piece must be in a bucket. */
  remove(piece: PieceIndex): void
  /** To another bucket; the piece must be in one. */
  move(piece: PieceIndex, rarity: number): void
  /** One of the rarest with at least this rarity, each with the same chance; null without any. */
  rarest(atLeast: number): PieceIndex | null
  /** Any piece with at least this rarity, each with the same chance; null without any. */
  any(atLeast: number): PieceIndex | null
}

/**
 * One dense list for each number of peers. A piece knows its place in its list, so that it
 * leaves by trading places with the last. No order inside a list is kept, since ties are
 * broken at random anyway.
 *
 * @param random uniform in [0, 1)
 */
export function makeRarityBuckets(pieceCount: number, random: () => number): RarityBuckets {
  const buckets: PieceIndex[][] = []
  const rarityOf = new Uint16Array(pieceCount)
  const placeOf = new Uint32Array(pieceCount)
  /** No list before this one has anything in it. */
  let lowest = 0

  function add(piece: PieceIndex, rarity: number): void {
    while (buckets.length <= rarity) buckets.push([])
    const bucket = buckets[rarity]!
    rarityOf[piece] = rarity
    placeOf[piece] = bucket.length
    bucket.push(piece)
    if (rarity < lowest) lowest = rarity
  }

  function remove(piece: PieceIndex): void {
    const bucket = buckets[rarityOf[piece]!]!
    const last = bucket.pop()!
    if (last === piece) return
    const place = placeOf[piece]!
    bucket[place] = last
    placeOf[last] = place
  }

  const oneOf = (bucket: readonly PieceIndex[]) => bucket[Math.floor(random() * bucket.length)]!

  return {
    add,
    remove,

    move(piece, rarity) {
      remove(piece)
      add(piece, rarity)
    },

    rarest(atLeast) {
      while (lowest < buckets.length && buckets[lowest]!.length === 0) lowest += 1
      for (let rarity = Math.max(lowest, atLeast); rarity < buckets.length; rarity++) {
        const bucket = buckets[rarity]!
        if (bucket.length > 0) return oneOf(bucket)
      }
      return null
    },

    any(atLeast) {
      const eligible = buckets.slice(atLeast)
      let nth = Math.floor(random() * eligible.reduce((sum, bucket) => sum + bucket.length, 0))
      for (const bucket of eligible) {
        if (nth < bucket.length) return bucket[nth]!
        nth -= bucket.length
      }
      return null
    },
  }
}
