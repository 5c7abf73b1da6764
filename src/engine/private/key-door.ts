import type { InfoHash, PeerId, SwarmId } from '../model/ids.ts'
import type { EngineError } from '../model/errors.ts'
import type { Result } from '../model/result.ts'
import type { Millis, Timestamp } from '../model/units.ts'
import { makeGuessLimits } from '../keyed/guess-limits.ts'
import { checkPossession, keyLookupKey, provePossession } from '../keyed/key-proof.ts'
import { makePakeAnswerer, makePakeAsker, type PakeAnswererStep } from '../keyed/pake-door.ts'
import type { Talk } from '../overlay/talk.ts'
import type { Door } from './door.ts'
import type { Meeting } from './hello.ts'
import { swarmBytes, type KeptDoor } from './kept-swarm.ts'
import type { SwarmMessage, SwarmRefusal } from './swarm-messages.ts'

/** Peers that proved the key, remembered while this engine runs. */
const MAX_PROVED = 1024

/** Peers that may say a passphrase is wrong before it is forgotten. */
const MAX_WRONG = 3

type KeptKey = Extract<KeptDoor, { kind: 'key' | 'passphrase' }>

export interface KeyDoorDeps {
  readonly swarm: SwarmId
  readonly infoHash: InfoHash
  readonly self: PeerId
  now(): Timestamp
  /** Of a clock that never goes back. */
  uptime(): Millis
  save(): Promise<Result<void, EngineError>>
  onChange(): void
}

/** A swarm that everybody may enter who has its key, or its passphrase. */
export interface KeyDoor extends Door {
  readonly kind: 'key' | 'passphrase'
  /** What the passphrase comes to, tried at whoever is met from now on. */
  unlock(prs: Uint8Array<ArrayBuffer>): void
}

export function openKeyed(deps: KeyDoorDeps, kept: KeptKey): KeyDoor {
  const { swarm, infoHash, self } = deps
  let key = kept.key
  let prs = kept.kind === 'passphrase' ? kept.prs : null
  /** Who said that the passphrase is another one. One of them alone may be no member, and lie. */
  const wrongBy = new Set<PeerId>()
  const proved = new Map<PeerId, Timestamp>()
  const limits = makeGuessLimits()

  const letIn = (peer: PeerId): true => {
    if (!proved.has(peer) && proved.size >= MAX_PROVED) {
      const [oldest] = proved.keys()
      if (oldest !== undefined) proved.delete(oldest)
    }
    proved.set(peer, proved.get(peer) ?? deps.now())
    deps.onChange()
    return true
  }
  const factsOf = (meeting: Meeting, role: 'asking' | 'answering') => ({ swarm, role, ...meeting })
  const isRight = (bytes: Uint8Array, meeting: Meeting, role: 'asking' | 'answering') =>
    key !== null && checkPossession(key, factsOf(meeting, role), bytes)

  const askWithKey = async (
    talk: Talk<SwarmMessage>,
    meeting: Meeting,
    key: Uint8Array,
  ): Promise<boolean> => {
    talk.say({ type: 'key', proof: provePossession(key, factsOf(meeting, 'asking')) })
    const reply = await talk.next()
    if (reply?.type !== 'key' || !isRight(reply.proof, meeting, 'answering')) return false
    return letIn(meeting.answering)
  }

  const askWithPassphrase = async (
    talk: Talk<SwarmMessage>,
    meeting: Meeting,
    prs: Uint8Array,
  ): Promise<boolean> => {
    const other = meeting.answering
    const run = makePakeAsker({ swarm, self, other, prs, nonces: meeting.nonces })
    talk.say({ type: 'pake', step: run.first })
    for (;;) {
      const reply = await talk.next()
      const step = reply?.type === 'pake' ? run.hear(reply.step) : null
      if (step?.name === 'next') {
        talk.say({ type: 'pake', step: step.message })
        continue
      }
      if (step?.name === 'right') {
        key = step.swarmKey
        wrongBy.clear()
        await deps.save()
        return letIn(other)
      }
      const refused = reply?.type === 'refuse' && reply.reason === 'wrong'
      if (step?.name === 'wrong' || (refused && run.hasGuessed)) {
        doubt(other)
      }
      return false
    }
  }
  /** Each run is a guess of somebody else's, should ours be right: a few are enough. */
  const doubt = (peer: PeerId) => {
    wrongBy.add(peer)
    if (wrongBy.size >= MAX_WRONG) prs = null
    void deps.save()
    deps.onChange()
  }

  const answerPassphrase = async (
    talk: Talk<SwarmMessage>,
    meeting: Meeting,
    first: Uint8Array,
  ): Promise<SwarmRefusal | null> => {
    if (key === null || prs === null) return 'later'
    const other = meeting.asking
    const permit = limits.begin(other, deps.uptime())
    if (permit.name !== 'guess') return 'later'
    const { guess } = permit
    const run = makePakeAnswerer({ swarm, self, other, prs, nonces: meeting.nonces, swarmKey: key })
    let said: Uint8Array | null = first
    for (;;) {
      const step: PakeAnswererStep | null = said === null ? null : run.hear(said)
      switch (step?.name) {
        case 'next': {
          talk.say({ type: 'pake', step: step.message })
          const reply = await talk.next()
          said = reply?.type === 'pake' ? reply.step : null
          continue
        }
        case 'right':
          guess.right()
          talk.say({ type: 'pake', step: step.message })
          letIn(other)
          return null
        case 'wrong':
          guess.wrong(deps.uptime())
          return 'wrong'
        case 'malformed':
        case undefined:
          guess.brokenOff()
          return 'malformed'
      }
    }
  }

  return {
    kind: kept.kind,

    standing() {
      if (key !== null) return { name: 'inside', role: 'member', settling: false }
      const wrong = wrongBy.size > 0
      return prs === null || wrong
        ? { name: 'locked', wrong, again: null }
        : { name: 'joining', asked: 0 }
    },
    admits: (peer) => key !== null && proved.has(peer),
    key() {
      // Whoever has a passphrase's link finds those inside by it. Never by the passphrase: a relay
      // that sees the lookups could try words until one gives them.
      if (kept.kind === 'passphrase') {
        return key === null && prs === null ? null : keyLookupKey(swarmBytes(swarm), infoHash)
      }
      return key === null ? null : keyLookupKey(key, infoHash)
    },
    known: () => [...proved.keys()],
    people: () =>
      [...proved].map(([peerId, addedAt]) => ({
        peerId,
        addedAt,
        name: null,
        role: 'member',
        person: null,
      })),

    async ask(talk, meeting) {
      if (key !== null) return askWithKey(talk, meeting, key)
      if (wrongBy.has(meeting.answering)) return false
      return prs !== null && (await askWithPassphrase(talk, meeting, prs))
    },

    async answer(talk, meeting, first) {
      const refuse = (reason: SwarmRefusal) => {
        talk.say({ type: 'refuse', reason })
        return false
      }
      if (key === null) return refuse('unknown')
      if (first.type === 'key') {
        if (!isRight(first.proof, meeting, 'asking')) return refuse('wrong')
        talk.say({ type: 'key', proof: provePossession(key, factsOf(meeting, 'answering')) })
        return letIn(meeting.asking)
      }
      if (first.type !== 'pake' || kept.kind !== 'passphrase') return refuse('malformed')
      const refusal = await answerPassphrase(talk, meeting, first.step)
      return refusal === null || refuse(refusal)
    },

    unlock(typed) {
      prs = typed
      wrongBy.clear()
      void deps.save()
      deps.onChange()
    },

    kept: () => (kept.kind === 'key' ? kept : { kind: 'passphrase', key, prs }),
  }
}
