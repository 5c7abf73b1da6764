import * as v from 'valibot'
import type { KeptIdentity } from '../contracts/identity-store.ts'
import type { ErrorIn, IdentityProblem } from '../model/errors.ts'
import { err, ok, type Result } from '../model/result.ts'
import { KIB, type Bytes } from '../model/units.ts'
import { decodeStrict, encodeStrict } from '../strict-cbor.ts'

/** Shorter ones are guessed, whatever the key derivation costs. */
export const MIN_PASSPHRASE = 8
/** A name is for one line of a list. */
export const MAX_NAME_LENGTH = 64
/** Ours has about 200 bytes. */
const MAX_FILE_LENGTH: Bytes = 4 * KIB

const FORMAT = 'chiral-identity'
const VERSION = 1
const SALT_LENGTH = 16
const IV_LENGTH = 12
const SEED_LENGTH = 32

/**
 * Argon2id with 64 MiB and three passes, the second recommended choice of RFC 9106 §4. Fixed by the
 * version: a file cannot ask for more memory than this.
 */
const ARGON2ID = { iterations: 3, memorySize: 64 * KIB, parallelism: 1, hashLength: 32 } as const

const bytesOf = (length: Bytes) =>
  v.pipe(
    v.instance(Uint8Array<ArrayBuffer>),
    v.check((bytes) => bytes.length === length),
  )

const envelope = v.strictObject({
  format: v.literal(FORMAT),
  version: v.literal(VERSION),
  salt: bytesOf(SALT_LENGTH),
  iv: bytesOf(IV_LENGTH),
  sealed: v.instance(Uint8Array<ArrayBuffer>),
})

const content = v.strictObject({
  seed: bytesOf(SEED_LENGTH),
  name: v.nullable(v.pipe(v.string(), v.maxLength(MAX_NAME_LENGTH))),
  createdAt: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
})

/**
 * An identity as a file: CBOR with the content sealed by AES-256-GCM under a key that Argon2id
 * makes of the passphrase. Takes about a second and 64 MiB.
 */
export async function writeIdentityFile(
  identity: KeptIdentity,
  passphrase: string,
): Promise<Result<Uint8Array<ArrayBuffer>, ErrorIn<'input'>>> {
  if (passphrase.length < MIN_PASSPHRASE) return problem('weak-passphrase')
  const salt = crypto.getRandomValues(new Uint8Array(SALT_LENGTH))
  const iv = crypto.getRandomValues(new Uint8Array(IV_LENGTH))
  const { seed, name, createdAt } = identity
  const key = await keyOf(passphrase, salt)
  const plain = encodeStrict({ seed, name, createdAt })
  const sealed = await crypto.subtle.encrypt(parametersOf(iv), key, plain)
  return ok(
    encodeStrict({ format: FORMAT, version: VERSION, salt, iv, sealed: new Uint8Array(sealed) }),
  )
}

/** Reads foreign bytes: nothing is derived before the shape is right. */
export async function readIdentityFile(
  bytes: Uint8Array,
  passphrase: string,
): Promise<Result<KeptIdentity, ErrorIn<'input'>>> {
  const decoded = decodeStrict(bytes, MAX_FILE_LENGTH)
  const outer = v.safeParse(envelope, decoded)
  if (!outer.success) return problem(isNewer(decoded) ? 'newer' : 'format')
  const { salt, iv, sealed } = outer.output
  const key = await keyOf(passphrase, salt)
  let plain: ArrayBuffer
  try {
    plain = await crypto.subtle.decrypt(parametersOf(iv), key, sealed)
  } catch {
    return problem('passphrase')
  }
  const inner = v.safeParse(content, decodeStrict(new Uint8Array(plain), MAX_FILE_LENGTH))
  return inner.success ? ok(inner.output) : problem('format')
}

async function keyOf(passphrase: string, salt: Uint8Array): Promise<CryptoKey> {
  // Only here: its WebAssembly is needed once in a long while.
  const { argon2id } = await import('hash-wasm')
  const password = passphrase.normalize('NFKC')
  const raw = await argon2id({ ...ARGON2ID, password, salt, outputType: 'binary' })
  return crypto.subtle.importKey('raw', new Uint8Array(raw), 'AES-GCM', false, [
    'encrypt',
    'decrypt',
  ])
}

/** The format is authenticated with the content, so that no other kind of file can be passed off as one. */
function parametersOf(iv: Uint8Array<ArrayBuffer>): AesGcmParams {
  return {
    name: 'AES-GCM',
    iv,
    additionalData: new TextEncoder().encode(`${FORMAT}/${VERSION}`),
  }
}

function isNewer(decoded: unknown): boolean {
  const head = v.safeParse(v.object({ format: v.literal(FORMAT), version: v.number() }), decoded)
  return head.success && head.output.version > VERSION
}

function problem(reason: IdentityProblem): Result<never, ErrorIn<'input'>> {
  return err({ kind: 'input/identity', reason })
}
