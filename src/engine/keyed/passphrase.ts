import { bytesOfHex, type SwarmId } from '../model/ids.ts'
import { err, ok, type Result } from '../model/result.ts'
import { KIB } from '../model/units.ts'

/**
 * Guesses go through members, ten a minute at each: months of them are a few million, which is
 * about what the shortest texts that people think up are worth.
 */
export const MIN_PASSPHRASE_LENGTH = 10
export const MAX_PASSPHRASE_LENGTH = 256

/** Why a text is not taken as a passphrase. */
export type PassphraseWeakness =
  | 'short'
  | 'long'
  /** Among the first that anybody would try: a known one, one thing repeated, a row of keys. */
  | 'common'

/**
 * A passphrase that may guard a swarm. It holds the text where neither a log, a message nor a
 * record can take it along.
 */
export interface Passphrase {
  /**
   * The password-related string of CPace, 32 bytes: Argon2id with the swarm's id as salt. Whoever
   * has it can do all that the passphrase can in this swarm. Takes half a second of this thread and
   * 64 MiB, and is not interrupted once begun; rejects with `signal.reason`.
   */
  derive(swarm: SwarmId, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>>
}

/** As in RFC 9106 §4, the second recommended choice, in one lane: a page has one thread for it. */
const ARGON2ID = { iterations: 3, memorySize: 64 * KIB, parallelism: 1, hashLength: 32 } as const

/**
 * What a person typed: compatibility-composed (NFKC) and without spaces around, so that another
 * keyboard makes the same of it. Said both when a swarm is made and when it is entered: what is
 * refused here opens none.
 */
export function readPassphrase(text: string): Result<Passphrase, PassphraseWeakness> {
  // Before anything that takes time with its length.
  if (text.length > MAX_PASSPHRASE_LENGTH) return err('long')
  const passphrase = text.normalize('NFKC').trim()
  const characters = [...passphrase]
  if (characters.length < MIN_PASSPHRASE_LENGTH) return err('short')
  if (characters.length > MAX_PASSPHRASE_LENGTH) return err('long')
  if (isCommon(passphrase)) return err('common')
  return ok({
    async derive(swarm, signal) {
      signal.throwIfAborted()
      // Only here: most people never need its WebAssembly.
      const { argon2id } = await import('hash-wasm')
      signal.throwIfAborted()
      const prs = await argon2id({
        ...ARGON2ID,
        password: passphrase,
        salt: bytesOfHex(swarm),
        outputType: 'binary',
      })
      signal.throwIfAborted()
      return new Uint8Array(prs)
    },
  })
}

/** Fewer different characters than this are one or two keys held down. */
const FEW_DIFFERENT = 5
/** Neighbours on a keyboard or in an alphabet; read both ways. */
const ROWS = ['abcdefghijklmnopqrstuvwxyz', '01234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm']
const ROW_LENGTH = 4

/**
 * What long passwords of every leaked list are made of. A strength meter with whole dictionaries has
 * a megabyte; against guesses at this pace the head of the list is what matters.
 */
const COMMON = new Set(
  `access admin administrator adobe amanda america andrea andrew angel anthony apple ashley autumn
  azerty babygirl banana baseball basketball batman beautiful biteme blink bubbles buster butterfly
  changeme charlie cheese chelsea chiral chocolate christian computer cookie correct correcthorse
  correcthorsebatterystaple daniel default diamond dragon elephant enter family florida flower foobar
  football forever freedom friends fuckyou georgia ginger google guest hallo hannah harley harry hello
  hockey hottie house hunter iloveu iloveyou internet jasmine jennifer jessica jesus jordan joshua
  justin killer king legend letmein liverpool london love lovely loveme lover loveyou manchester
  maggie marina martin master matrix matthew melissa merlin michael michelle mickey mine monkey
  mustang mypassword naruto nicole nintendo ninja nothing open orange pass passw password
  passphrase passwort peanut pepper phoenix pokemon princess private purple qazwsx qwert qwerty
  qwertyuiop rainbow robert samsung samantha secret september shadow slipknot soccer spiderman spring
  starwars summer sunshine superman swarm sweet taylor test testing thomas tigger tinkerbell torrent
  trustno unknown victoria welcome whatever william winter wizard you zaqwsx`.split(/\s+/),
)
/** What people write for letters. */
const LOOKALIKES: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
}

function isCommon(passphrase: string): boolean {
  const plain = passphrase.toLowerCase()
  if (new Set(plain).size < FEW_DIFFERENT || isRepeated(plain) || isOfRows(plain)) return true
  // Words of the list and nothing else but digits and signs: `Password2024!`, `iloveyou iloveyou1`.
  const folded = plain
    .replace(/[^\p{L}]+$/u, '')
    .replace(/[013457@$!]/g, (sign) => LOOKALIKES[sign]!)
  return [plain, folded].some((text) => {
    const words = text.split(/[^\p{L}]+/u).filter((word) => word.length > 2)
    return words.length <= 2 && words.every((word) => COMMON.has(word))
  })
}

/** One thing twice or more: `12ab12ab12ab`. */
function isRepeated(text: string): boolean {
  return (text + text).indexOf(text, 1) < text.length
}

/** Whether every part of it runs along rows: `qwerty123456`, `abcdefghij`. */
function isOfRows(text: string): boolean {
  let at = 0
  while (at < text.length) {
    const length = rowAt(text, at)
    if (length < ROW_LENGTH) return false
    at += length
  }
  return true
}

function rowAt(text: string, at: number): number {
  let longest = 0
  for (const row of ROWS) {
    for (const way of [row, [...row].reverse().join('')]) {
      let length = 0
      while (at + length < text.length && way.includes(text.slice(at, at + length + 1))) {
        length++
      }
      longest = Math.max(longest, length)
    }
  }
  return longest
}
