import {
  HUNCHES,
  isOpen,
  mostBiasedBit,
  ranksOf,
  recordRun,
  unevenness,
  wordList,
  wordsThatFit,
  type Scene,
  type Transcript,
} from './offline-guesser.ts'

/** Words beside the true one in which each hunch has to find it. */
const CROWD = 9
/** A share's lowest bit and its highest are never set (RFC 9496: not negative, below 2²⁵⁵). */
const FIXED_BITS = [0, 255]

export interface GuessReport {
  readonly transcripts: number
  readonly words: number
  /** Guesses that were tried in earnest. */
  readonly tried: number
  /** Times that any word, the true one or another, was seen to fit. */
  readonly fitting: number
  /** Transcripts whose secret anybody finds, without a word. */
  readonly open: number
  /** Of each hunch, how unevenly the true word stood among ten: 9 is expected of chance. */
  readonly unevenness: Readonly<Record<string, number>>
  /** In standard deviations. */
  readonly shareBias: number
  readonly confirmationBias: number
  readonly sealedBias: number
}

/**
 * Records runs with passphrases of a list and tries to find them again. Every transcript is tried
 * with the true word and a crowd of others, the first `swept` with the whole list.
 */
export function guessOffline(
  scene: Scene,
  { transcripts, words, swept }: { transcripts: number; words: number; swept: number },
  record: (scene: Scene, word: string) => Transcript = recordRun,
): GuessReport {
  const list = wordList(words)
  const other = (truth: string): string => {
    const word = list[Math.floor(Math.random() * words)]!
    return word === truth ? other(truth) : word
  }
  const ranks = new Map(
    Object.keys(HUNCHES).map((name) => [name, Array<number>(CROWD + 1).fill(0)]),
  )
  const recorded: Transcript[] = []
  let fitting = 0
  let open = 0
  let tried = 0
  for (let at = 0; at < transcripts; at++) {
    const truth = list[Math.floor(Math.random() * words)]!
    const transcript = record(scene, truth)
    recorded.push(transcript)
    if (isOpen(transcript)) open++
    const crowd = Array.from({ length: CROWD }, () => other(truth))
    const guesses = at < swept ? list : [truth, ...crowd]
    tried += guesses.length
    fitting += wordsThatFit(transcript, guesses).length
    for (const [name, rank] of Object.entries(ranksOf(transcript, truth, crowd))) {
      ranks.get(name)![rank]!++
    }
  }

  return {
    transcripts,
    words,
    tried,
    fitting,
    open,
    unevenness: Object.fromEntries([...ranks].map(([name, counts]) => [name, unevenness(counts)])),
    shareBias: mostBiasedBit(
      recorded.flatMap(({ shareA, shareB }) => [shareA, shareB]),
      FIXED_BITS,
    ),
    confirmationBias: mostBiasedBit(
      recorded.flatMap(({ confirmationA, confirmationB }) => [confirmationA, confirmationB]),
    ),
    sealedBias: mostBiasedBit(recorded.map(({ sealed }) => sealed)),
  }
}
