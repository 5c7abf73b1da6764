import { equalBytes } from '@noble/curves/utils.js'
import { sha256 } from '@noble/hashes/sha2.js'
import * as v from 'valibot'
import { LINK_KEY_LENGTH } from '../keyed/key-proof.ts'
import { joined } from '../keyed/length-value.ts'
import type { ErrorIn, InviteProblem } from '../model/errors.ts'
import { bytesOfHex, type InfoHash, type SwarmId } from '../model/ids.ts'
import { err, ok, type Result } from '../model/result.ts'
import { KIB, type Bytes } from '../model/units.ts'
import { encodeStrict } from '../strict-cbor.ts'
import { bytesField, countField, infoHashField, nameField, swarmField } from './foreign-fields.ts'
import { MAX_TORRENT_NAME, readToken, relaysField, type InviteToken } from './invite-token.ts'
import { MAX_MEMBER_NAME } from './plain-name.ts'
import { INVITE_SEED_LENGTH, redemptionKey } from './redemption.ts'
import { decodeCanonical } from './signed-bytes.ts'

/** What a link to a private swarm carries, one kind for each door. */
export type Invite =
  /** The door is `members`. */
  | { readonly kind: 'token'; readonly token: InviteToken; readonly seed: Uint8Array<ArrayBuffer> }
  /** The door is `key`: whoever has the link is inside. */
  | (KeyedInvite & { readonly kind: 'key'; readonly key: Uint8Array<ArrayBuffer> })
  /** The door is `passphrase`, which is not in the link. */
  | (KeyedInvite & { readonly kind: 'passphrase' })

export interface KeyedInvite {
  readonly swarm: SwarmId
  readonly infoHash: InfoHash
  /** Where members can be met, as `parseRelayAddress` reads it; at most three. */
  readonly relays: readonly string[]
  /** Of the torrent. Nobody signed it. */
  readonly name: string
  readonly bytes: Bytes
  /** Who made the link, by their own word. */
  readonly from: string | null
}

/** Longest link, or text that may be one. Ours have about 600 characters. */
export const MAX_LINK_LENGTH = 4 * KIB

const VERSION = 1
/** Finds what was lost or changed on the way, before anybody waits for a swarm that is not there. */
const CHECKSUM_LENGTH: Bytes = 4

/** The link that opens `app`, a page's address without fragment. What it carries is in the fragment, which no server is told. */
export function writeInviteLink(invite: Invite, app: string): string {
  const encoded = encodeStrict(plain(invite))
  const bytes = joined([encoded, checksumOf(encoded)])
  const text = btoa(String.fromCharCode(...bytes))
  return `${app}#i=${text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`
}

/** Whether a text is meant to be an invite: a link with `#i=`, or such a fragment alone. */
export function looksLikeInvite(text: string): boolean {
  return text.length <= MAX_LINK_LENGTH && fragmentOf(text) !== null
}

/**
 * Reads a link, its fragment (`#i=…`, `i=…`) or what stands behind that. Whether a token may be used
 * now is not asked: a preview is shown of those that expired, too.
 */
export async function readInviteLink(text: string): Promise<Result<Invite, ErrorIn<'input'>>> {
  if (text.length > MAX_LINK_LENGTH) return problem('format')
  const trimmed = text.trim()
  const bytes = bytesOfText(fragmentOf(trimmed) ?? trimmed)
  if (bytes === null || bytes.length <= CHECKSUM_LENGTH) return problem('format')
  const encoded = bytes.subarray(0, -CHECKSUM_LENGTH)
  if (!equalBytes(checksumOf(encoded), bytes.subarray(-CHECKSUM_LENGTH))) return problem('format')
  const decoded = decodeCanonical(encoded, MAX_LINK_LENGTH)
  const parsed = v.safeParse(content, decoded)
  if (!parsed.success) return problem(isNewer(decoded) ? 'newer' : 'format')
  switch (parsed.output[1]) {
    case 'token':
      return readTokenInvite(parsed.output[2], parsed.output[3])
    case 'key': {
      const [, kind, swarm, infoHash, key, relays, name, length, from] = parsed.output
      return ok({ kind, swarm, infoHash, key, relays, name, bytes: length, from })
    }
    case 'passphrase': {
      const [, kind, swarm, infoHash, relays, name, length, from] = parsed.output
      return ok({ kind, swarm, infoHash, relays, name, bytes: length, from })
    }
  }
}

async function readTokenInvite(
  encoded: Uint8Array,
  seed: Uint8Array<ArrayBuffer>,
): Promise<Result<Invite, ErrorIn<'input'>>> {
  const token = await readToken(encoded)
  if (!token.ok) return token
  const { publicKey } = await redemptionKey(seed)
  if (!equalBytes(publicKey, token.value.key)) return problem('format')
  return ok({ kind: 'token', token: token.value, seed })
}

const version = v.literal(VERSION)
const name = nameField(MAX_TORRENT_NAME)
const from = v.nullable(nameField(MAX_MEMBER_NAME))
const key = bytesField(LINK_KEY_LENGTH)

const content = v.union([
  v.strictTuple([
    version,
    v.literal('token'),
    v.pipe(v.instance(Uint8Array)),
    bytesField(INVITE_SEED_LENGTH),
  ]),
  v.strictTuple([
    version,
    v.literal('key'),
    swarmField,
    infoHashField,
    key,
    relaysField,
    name,
    countField,
    from,
  ]),
  v.strictTuple([
    version,
    v.literal('passphrase'),
    swarmField,
    infoHashField,
    relaysField,
    name,
    countField,
    from,
  ]),
])

function plain(invite: Invite): readonly unknown[] {
  if (invite.kind === 'token') return [VERSION, 'token', invite.token.encoded, invite.seed]
  const place = [bytesOfHex(invite.swarm), bytesOfHex(invite.infoHash)]
  const said = [invite.relays, invite.name, invite.bytes, invite.from]
  return invite.kind === 'key'
    ? [VERSION, 'key', ...place, invite.key, ...said]
    : [VERSION, 'passphrase', ...place, ...said]
}

/** What stands behind `i=`; null where it does not. */
function fragmentOf(text: string): string | null {
  return /^(?:[^#\s]*#)?i=(\S*)$/.exec(text.trim())?.[1] ?? null
}

/** Base64url without padding (RFC 4648 §5), in the one spelling its bytes have. */
function bytesOfText(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[\w-]+$/.test(text)) return null
  try {
    const standard = text.replaceAll('-', '+').replaceAll('_', '/')
    const decoded = atob(standard)
    if (btoa(decoded).replaceAll('=', '') !== standard) return null
    return Uint8Array.from(decoded, (character) => character.charCodeAt(0))
  } catch {
    return null
  }
}

function checksumOf(encoded: Uint8Array): Uint8Array {
  return sha256(encoded).subarray(0, CHECKSUM_LENGTH)
}

function isNewer(decoded: unknown): boolean {
  const head = v.safeParse(v.looseTuple([countField, v.string()]), decoded)
  return head.success && head.output[0] > VERSION
}

function problem(reason: InviteProblem): Result<never, ErrorIn<'input'>> {
  return err({ kind: 'input/invite', reason })
}
