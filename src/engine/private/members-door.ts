import type { PeerId } from '../model/ids.ts'
import { readToken, tokenIdOf, type InviteToken } from '../membership/invite-token.ts'
import { MAX_MEMBER_NAME, plainName } from '../membership/plain-name.ts'
import { checkRedemption, signRedemption } from '../membership/redemption.ts'
import { isProof, lookupKey, proofOf, type ProofContext } from '../membership/swarm-secrets.ts'
import type { Talk } from '../overlay/talk.ts'
import type { Door } from './door.ts'
import type { Meeting } from './hello.ts'
import { judgeGuest, LASTING } from './invites.ts'
import type { KeptInvite } from './kept-swarm.ts'
import { exchangeLogs } from './log-exchange.ts'
import {
  makeMemberState,
  type KeptMembers,
  type MemberState,
  type MemberStateDeps,
} from './member-state.ts'
import type { SwarmMessage, SwarmRefusal } from './swarm-messages.ts'

export interface MembersDoorDeps extends MemberStateDeps {
  /** What others are to call us. */
  name(): string | null
  /** Counts one use of an invite, where its uses are counted; null when it is granted. */
  count(token: InviteToken, guest: PeerId): Promise<SwarmRefusal | null>
}

/** A swarm whose members are in a signed log. */
export interface MembersDoor extends Door {
  readonly kind: 'members'
  readonly state: MemberState
  /** Those we made. */
  readonly invites: KeptInvite[]
  /** Another invite, after the last one led nowhere. */
  knock(token: InviteToken, seed: Uint8Array<ArrayBuffer>): void
  /** After a time away: nobody comes in until the newest log was asked for, where others may have written. */
  settle(): void
  settled(): void
}

export async function openMembers(deps: MembersDoorDeps, kept: KeptMembers): Promise<MembersDoor> {
  const { signer, swarm, infoHash } = deps
  const { self } = signer
  const state = makeMemberState(deps, kept)
  const invites = [...kept.invites]
  const given = kept.joining === null ? null : await readToken(kept.joining.token)
  let token = given?.ok === true ? given.value : null
  let seed = kept.joining?.seed ?? null
  let settling = false
  /** Of those who could let us in, whom our knocking reached. */
  const asked = new Set<PeerId>()

  const isMember = (peer: PeerId) => (state.view()?.member(peer) ?? null) !== null

  /** Who shows the secret in use is a member, though we may not have heard of it. */
  const provesCurrent = (
    said: Extract<SwarmMessage, { type: 'member' }>,
    context: ProofContext,
  ): boolean => {
    const now = state.secret()
    return now !== null && said.proof !== null && isProof(now.secret, context, said.proof)
  }
  const credentials = (context: ProofContext): SwarmMessage => {
    const now = state.secret()
    return { type: 'member', proof: now && proofOf(now.secret, context) }
  }
  const contextOf = (meeting: Meeting, role: ProofContext['role']): ProofContext => ({
    role,
    swarm,
    dialler: meeting.asking,
    listener: meeting.answering,
    diallerNonce: meeting.nonces.asking,
    listenerNonce: meeting.nonces.answering,
  })
  const redemptionOf = (meeting: Meeting) => ({
    candidate: meeting.asking,
    asked: meeting.answering,
    candidateNonce: meeting.nonces.asking,
    askedNonce: meeting.nonces.answering,
  })

  const exchange = async (talk: Talk<SwarmMessage>, other: PeerId, proved: boolean) =>
    (await exchangeLogs(talk, {
      trusts: () =>
        state.view()?.removed(other) === false && (isMember(other) || (proved && state.isInside())),
      admits: () => isMember(other),
      heads: () => state.log?.summary() ?? [],
      lackedBy: (heads) => state.log?.lackedBy(heads) ?? [],
      async attestations() {
        await state.attest()
        return state.log?.attestations() ?? []
      },
      secret: () => (isMember(other) ? state.secret() : null),
      take: (told) => state.take(told),
    })) === true

  const wayIn = (): readonly PeerId[] => {
    if (token === null) return []
    return [...new Set([token.issuer, ...(token.counter === 'relay' ? token.ask : [])])]
  }

  /** Only the word of those who may say so counts. */
  const refusedBy = (other: PeerId, reason: SwarmRefusal) => {
    const view = state.view()
    const mayTell = view === null ? wayIn().includes(other) : view.mayAdmit(other)
    const lasting = LASTING[reason]
    if (mayTell && lasting !== undefined) state.setOutside(lasting)
  }

  const asMember = async (talk: Talk<SwarmMessage>, meeting: Meeting): Promise<boolean> => {
    if (state.view()?.removed(meeting.answering) === true) {
      // Whoever removes somebody says so: they would go on knocking.
      talk.say({ type: 'refuse', reason: 'removed' })
      return false
    }
    talk.say(credentials(contextOf(meeting, 'dialler')))
    const reply = await talk.next()
    if (reply?.type === 'refuse') refusedBy(meeting.answering, reply.reason)
    if (reply?.type !== 'member') return false
    return exchange(talk, meeting.answering, provesCurrent(reply, contextOf(meeting, 'listener')))
  }

  const asGuest = async (
    talk: Talk<SwarmMessage>,
    meeting: Meeting,
    invite: { readonly token: InviteToken; readonly seed: Uint8Array },
  ): Promise<boolean> => {
    const signature = await signRedemption(invite.seed, invite.token, redemptionOf(meeting))
    const { encoded } = invite.token
    talk.say({ type: 'redeem', token: encoded, signature, name: deps.name() })
    const reply = await talk.next()
    if (reply !== null) asked.add(meeting.answering)
    deps.onChange()
    if (reply?.type === 'refuse') refusedBy(meeting.answering, reply.reason)
    return reply?.type === 'welcome' && (await exchange(talk, meeting.answering, false))
  }

  /** Null when the guest is a member now. */
  const letIn = async (
    said: Extract<SwarmMessage, { type: 'redeem' }>,
    meeting: Meeting,
  ): Promise<SwarmRefusal | null> => {
    const guest = meeting.asking
    const shown = await readToken(said.token)
    if (!shown.ok) return 'malformed'
    const { value: invite } = shown
    if (invite.swarm !== swarm || invite.infoHash !== infoHash) return 'unknown'
    const context = redemptionOf(meeting)
    if (!(await checkRedemption(invite, context, said.signature))) return 'wrong'
    const name = plainName(said.name ?? '', MAX_MEMBER_NAME)
    const invited = tokenIdOf(invite)
    const decision = await state.decide<SwarmRefusal>(async () => {
      const view = state.view()
      if (view === null) return { refusal: 'unknown' }
      if (view.member(guest) !== null) return null
      const refusal =
        judgeGuest(view, self, invite, guest, deps.now()) ?? (await deps.count(invite, guest))
      if (refusal !== null) return { refusal }
      const role = 'member'
      return { change: { type: 'add', peer: guest, role, name, person: null, invite: invited } }
    })
    // Whoever is told that they are in is on the disk.
    if (decision === 'not-kept') return 'later'
    return decision === 'kept' ? null : decision
  }

  return {
    kind: 'members',
    state,
    invites,

    standing() {
      const role = state.view()?.member(self)?.role
      if (state.isInside() && role !== undefined) return { name: 'inside', role, settling }
      const why = state.outside()
      return why === null ? { name: 'joining', asked: asked.size } : { name: 'outside', why }
    },
    admits: (peer) => !settling && state.isInside() && isMember(peer),
    key() {
      const now = state.isInside() ? state.secret() : null
      return now === null ? null : lookupKey(now.secret, infoHash, now.epoch)
    },
    known() {
      if (!state.isInside()) {
        return state.outside() === null ? wayIn().filter((peer) => peer !== self) : []
      }
      const rank = { owner: 0, admin: 1, member: 2 } as const
      const members = (state.view()?.members() ?? []).filter(({ peer }) => peer !== self)
      return members
        .toSorted((one, other) => rank[one.role] - rank[other.role])
        .map(({ peer }) => peer)
    },
    people: () =>
      (state.view()?.members() ?? []).map(({ peer: peerId, ...facts }) => ({ peerId, ...facts })),

    ask(talk, meeting) {
      if (token === null || seed === null) return asMember(talk, meeting)
      // Who was removed may not have heard of it: an invite that is left shows that they are meant.
      const isLeft = state.view()?.usedBy(tokenIdOf(token)).includes(self) !== true
      const mayLetIn = state.view()?.mayAdmit(meeting.answering) === true
      const isGuest = !state.isInside() || (isLeft && mayLetIn)
      return isGuest ? asGuest(talk, meeting, { token, seed }) : asMember(talk, meeting)
    },

    async answer(talk, meeting, first) {
      const other = meeting.asking
      const refuse = (reason: SwarmRefusal) => {
        talk.say({ type: 'refuse', reason })
        return false
      }
      const view = state.view()
      if (view === null || !state.isInside()) return refuse('unknown')
      if (first.type === 'refuse') {
        refusedBy(other, first.reason)
        return false
      }
      if (first.type === 'member') {
        if (view.removed(other)) return refuse('removed')
        talk.say(credentials(contextOf(meeting, 'listener')))
        return exchange(talk, other, provesCurrent(first, contextOf(meeting, 'dialler')))
      }
      if (first.type !== 'redeem') return refuse('malformed')
      const refusal = await letIn(first, meeting)
      if (refusal !== null) return refuse(refusal)
      talk.say({ type: 'welcome' })
      return exchange(talk, other, false)
    },

    knock(another, itsSeed) {
      token = another
      seed = itsSeed
      asked.clear()
      state.setOutside(null)
      deps.onChange()
    },
    settle() {
      const view = state.view()
      const others = view?.members().filter(({ peer }) => peer !== self) ?? []
      settling = state.isInside() && others.some(({ peer }) => view?.mayAdmit(peer))
    },
    settled() {
      if (!settling) return
      settling = false
      deps.onChange()
    },

    kept: () => ({
      kind: 'members',
      ...state.kept(),
      invites,
      joining: token === null || seed === null ? null : { token: token.encoded, seed },
    }),
  }
}
