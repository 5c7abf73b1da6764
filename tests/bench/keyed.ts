import { makePakeAnswerer, makePakeAsker } from '../../src/engine/keyed/pake-door.ts'
import { readPassphrase } from '../../src/engine/keyed/passphrase.ts'
import { checkPossession, provePossession } from '../../src/engine/keyed/key-proof.ts'
import { isPeerId, isSwarmId } from '../../src/engine/model/ids.ts'
import { guessOffline } from '../support/offline-guesses.ts'
import type { Scene } from '../support/offline-guesser.ts'
import { median, table } from './figures.ts'

const TRANSCRIPTS = 1000
const WORDS = 10_000
/** Transcripts that are tried with every word. */
const SWEPT = 1

/**
 * What it costs to enter by passphrase or by key, in processor time, and whether transcripts of
 * passphrases can be told from each other by one who has a list with all of them.
 */
export async function benchKeyed(rounds: number): Promise<object> {
  const scene = aScene()
  const facts = {
    swarm: scene.swarm,
    nonces: { asking: new Uint8Array(32), answering: new Uint8Array(32) },
  }
  const prs = new Uint8Array(32).fill(7)
  const key = new Uint8Array(16).fill(9)
  const asked = {
    ...facts,
    role: 'asking',
    asking: scene.asking,
    answering: scene.answering,
  } as const

  const derivations: number[] = []
  const passphrase = readPassphrase('violet harbour')
  if (!passphrase.ok) throw new Error(passphrase.error)
  for (let round = 0; round < rounds; round++) {
    derivations.push(
      await cpuMs(() => passphrase.value.derive(scene.swarm, new AbortController().signal)),
    )
  }

  const sides = { asking: [] as number[], answering: [] as number[] }
  const proofs: number[] = []
  for (let run = 0; run < 50 * rounds; run++) {
    let asking = 0
    let answering = 0
    const add = (ms: number) => (asking += ms)
    const asker = counted(
      () => makePakeAsker({ ...facts, prs, self: scene.asking, other: scene.answering }),
      add,
    )
    const answerer = makePakeAnswerer({
      ...facts,
      prs,
      swarmKey: key,
      self: scene.answering,
      other: scene.asking,
    })
    const other = (ms: number) => (answering += ms)
    const first = counted(() => answerer.hear(asker.first), other)
    if (first.name !== 'next') throw new Error(first.name)
    const second = counted(() => asker.hear(first.message), add)
    if (second.name !== 'next') throw new Error(second.name)
    const third = counted(() => answerer.hear(second.message), other)
    if (third.name !== 'right') throw new Error(third.name)
    counted(() => asker.hear(third.message), add)
    sides.asking.push(asking)
    sides.answering.push(answering)
    counted(
      () => checkPossession(key, asked, provePossession(key, asked)),
      (ms) => proofs.push(ms),
    )
  }

  const guesses = guessOffline(scene, { transcripts: TRANSCRIPTS, words: WORDS, swept: SWEPT })
  const figures = {
    argon2idMs: median(derivations),
    askingMs: median(sides.asking),
    answeringMs: median(sides.answering),
    keyProofMs: median(proofs),
    guesses,
  }
  console.log(
    table([
      ['', 'ms of the processor'],
      ['Argon2id, once for a swarm', figures.argon2idMs.toFixed(0)],
      ['CPace, the side that asks', figures.askingMs.toFixed(2)],
      ['CPace, the side that answers', figures.answeringMs.toFixed(2)],
      ['key of a link, proved and checked', figures.keyProofMs.toFixed(2)],
    ]),
  )
  console.log(
    `\n${guesses.transcripts} transcripts, ${guesses.words} words: ${guesses.tried} guesses tried, ${guesses.fitting} fit, ${guesses.open} open to anybody`,
  )
  console.log(
    table([
      ['where the true word stands among ten', 'chi square (chance: about 9)'],
      ...Object.entries(guesses.unevenness).map(([name, value]) => [name, value.toFixed(1)]),
    ]),
  )
  return figures
}

/** Processor time of this process, which other work on the machine lengthens less than the clock's. */
async function cpuMs(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  return since(before)
}

function counted<Out>(work: () => Out, took: (ms: number) => void): Out {
  const before = process.cpuUsage()
  const out = work()
  took(since(before))
  return out
}

function since(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

function aScene(): Scene {
  const swarm = 'aa'.repeat(32)
  const [asking, answering] = ['P', 'Q'].map((letter) => `12D3KooW${letter.repeat(44)}`)
  if (!isSwarmId(swarm) || !isPeerId(asking!) || !isPeerId(answering!)) throw new Error('no ids')
  return { swarm, asking, answering }
}
