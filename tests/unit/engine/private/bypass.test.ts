import { expect, test } from 'vitest'
import { writeAttestation } from '../../../../src/engine/membership/attestation.ts'
import { writeEntry, type LogChange } from '../../../../src/engine/membership/log-entry.ts'
import { writeToken, type InviteToken } from '../../../../src/engine/membership/invite-token.ts'
import type { Signer } from '../../../../src/engine/membership/peer-keys.ts'
import { redemptionKey, signRedemption } from '../../../../src/engine/membership/redemption.ts'
import { commitmentOf, proofOf } from '../../../../src/engine/membership/swarm-secrets.ts'
import type { PeerId, SwarmId } from '../../../../src/engine/model/ids.ts'
import { HOUR } from '../../../../src/engine/model/units.ts'
import { answeringTag, askingTag, type Meeting } from '../../../../src/engine/private/hello.ts'
import { freshBytes } from '../../../../src/engine/private/kept-swarm.ts'
import type { SwarmMessage } from '../../../../src/engine/private/swarm-messages.ts'
import { aCreation, add, INFO_HASH } from '../../../support/members.ts'
import {
  privateNetwork,
  toldOf,
  type Dialled,
  type Hostile,
  type NetworkPerson,
  type PrivateNetwork,
} from '../../../support/private-network.ts'

interface Scene {
  readonly network: PrivateNetwork
  readonly owner: NetworkPerson
  readonly anna: NetworkPerson
  /** Knows the name of the swarm, the info hash and all relays, and has a key of its own. */
  readonly eve: Hostile
  readonly swarm: SwarmId
  readonly invite: { readonly token: InviteToken; readonly seed: Uint8Array<ArrayBuffer> }
}

/** The owner and a member, an invite that nobody used yet, and somebody who is neither. */
async function aScene(): Promise<Scene> {
  const network = privateNetwork()
  const owner = await network.person(0)
  await owner.begins()
  const anna = await network.person(1)
  await anna.opens(await owner.invites())
  await anna.calls(owner)
  const eve = await network.hostile(66)
  const { swarm } = owner.swarms.get(INFO_HASH)!
  return { network, owner, anna, eve, swarm, invite: await owner.invites() }
}

/** Says hello as it should be said; null when the other one has nothing to say to it. */
async function hello(
  { talk }: Dialled,
  swarm: SwarmId,
  asking: PeerId,
  victim: NetworkPerson,
): Promise<Meeting | null> {
  const nonce = freshBytes(16)
  const peers = { asking, answering: victim.self }
  talk.say({
    type: 'hello',
    nonce,
    tag: askingTag(swarm, { ...peers, nonces: { asking: nonce } }),
  })
  const reply = await talk.next()
  return reply?.type === 'hello'
    ? { ...peers, nonces: { asking: nonce, answering: reply.nonce } }
    : null
}

/** Everything that is said to it from here to the end. */
async function rest({ talk }: Dialled): Promise<readonly SwarmMessage[]> {
  const said: SwarmMessage[] = []
  for (let next = await talk.next(); next !== null; next = await talk.next()) {
    said.push(next)
    if (next.type === 'close' || next.type === 'refuse') break
  }
  talk.end()
  return said
}

const redeem = async (
  meeting: Meeting,
  { token, seed }: Scene['invite'],
  changes: Partial<Parameters<typeof signRedemption>[2]> = {},
): Promise<SwarmMessage> => ({
  type: 'redeem',
  token: token.encoded,
  name: null,
  signature: await signRedemption(seed, token, {
    candidate: meeting.asking,
    asked: meeting.answering,
    candidateNonce: meeting.nonces.asking,
    askedNonce: meeting.nonces.answering,
    ...changes,
  }),
})

const member = (proof: Uint8Array<ArrayBuffer> | null): SwarmMessage => ({ type: 'member', proof })

const proved = (
  secret: Uint8Array,
  swarm: SwarmId,
  meeting: Meeting,
  role: 'dialler' | 'listener' = 'dialler',
) =>
  proofOf(secret, {
    role,
    swarm,
    dialler: meeting.asking,
    listener: meeting.answering,
    diallerNonce: meeting.nonces.asking,
    listenerNonce: meeting.nonces.answering,
  })

/** A token like the owner's, changed and signed by somebody. */
async function forged(scene: Scene, by: Signer, changes: Partial<InviteToken>) {
  const seed = freshBytes(16)
  const { publicKey } = await redemptionKey(seed)
  const token = await writeToken(by, { ...scene.invite.token, key: publicKey, ...changes })
  if (!token.ok) throw new Error('a token that nobody would read')
  return { token: token.value, seed }
}

/** Claims to be a member and tells a log of its own making. */
async function tells(scene: Scene, dialled: Dialled, author: Signer, what: LogChange) {
  const { owner, swarm, eve } = scene
  const meeting = (await hello(dialled, swarm, eve.self, owner))!
  const { talk } = dialled
  talk.say(member(null))
  await talk.next()
  talk.say({ type: 'have', heads: [] })
  // Whatever it builds on: somebody may have shown it the log.
  const parents = owner.door().state.log!.heads()
  const entry = await writeEntry(author, { swarm, parents, at: scene.network.now, what })
  talk.say({ type: 'entries', entries: [entry.bytes] })
  const word = { swarm, heads: [entry.hash], at: scene.network.now }
  talk.say({ type: 'attested', attestation: (await writeAttestation(author, word)).bytes })
  talk.say({ type: 'done' })
  talk.say({ type: 'end', admits: true })
  return meeting
}

/** What the hostile one does to the owner, after hello was said as it should be. */
const afterHello =
  (act: (scene: Scene, meeting: Meeting, dialled: Dialled) => Promise<void> | void) =>
  async (scene: Scene, dialled: Dialled) => {
    const meeting = await hello(dialled, scene.swarm, scene.eve.self, scene.owner)
    if (meeting === null) throw new Error('it knows the name and is not answered')
    await act(scene, meeting, dialled)
  }
const says = (message: SwarmMessage) => afterHello((_, __, { talk }) => talk.say(message))
const redeems = (
  make: (scene: Scene) => Promise<Scene['invite']> | Scene['invite'],
  changes: (scene: Scene, meeting: Meeting) => Parameters<typeof redeem>[2] = () => ({}),
) =>
  afterHello(async (scene, meeting, { talk }) =>
    talk.say(await redeem(meeting, await make(scene), changes(scene, meeting))),
  )

const ATTACKS: ReadonlyArray<
  readonly [what: string, act: (scene: Scene, dialled: Dialled) => Promise<void>]
> = [
  [
    'the info hash where the name of the swarm belongs',
    async ({ owner, eve }, dialled) =>
      void (await hello(dialled, INFO_HASH.padEnd(64, '0') as SwarmId, eve.self, owner)),
  ],
  [
    'a name of another swarm',
    async ({ owner, eve }, dialled) =>
      void (await hello(dialled, (await aCreation()).swarm, eve.self, owner)),
  ],
  [
    'a hello that a member said, replayed by another',
    async ({ owner, anna, swarm }, dialled) => void (await hello(dialled, swarm, anna.self, owner)),
  ],
  [
    'its own id in the hello of another listener',
    async ({ anna, swarm, eve }, dialled) => void (await hello(dialled, swarm, eve.self, anna)),
  ],
  [
    'an answer’s tag in place of a hello’s',
    async ({ owner, swarm, eve }, { talk }) => {
      const nonce = freshBytes(16)
      const nonces = { asking: nonce, answering: nonce }
      const tag = answeringTag(swarm, { asking: eve.self, answering: owner.self, nonces })
      talk.say({ type: 'hello', nonce, tag })
    },
  ],
  ['no hello but a claim', async (_, { talk }) => talk.say(member(null))],
  ['no hello but an end', async (_, { talk }) => talk.say({ type: 'end', admits: true })],
  ['a claim without a proof', says(member(null))],
  ['a proof of nothing', says(member(freshBytes(32)))],
  [
    'a proof by the name of the swarm',
    afterHello(({ swarm }, meeting, { talk }) =>
      talk.say(member(proved(Buffer.from(swarm, 'hex'), swarm, meeting))),
    ),
  ],
  [
    'the proof that the owner would give, sent back',
    afterHello(async (_, __, { talk }) => {
      talk.say(member(null))
      const reply = await talk.next()
      if (reply?.type === 'member') talk.say(reply)
    }),
  ],
  [
    'a member’s proof of another stream',
    afterHello(({ owner, anna, swarm }, meeting, { talk }) => {
      const { secret } = anna.door().state.secret()!
      const elsewhere = { ...meeting, asking: anna.self, answering: owner.self }
      talk.say(member(proved(secret, swarm, elsewhere)))
    }),
  ],
  [
    'a member’s proof in the listener’s place',
    afterHello(({ anna, swarm }, meeting, { talk }) =>
      talk.say(member(proved(anna.door().state.secret()!.secret, swarm, meeting, 'listener'))),
    ),
  ],
  [
    'a member’s proof with nonces of another time',
    afterHello(({ anna, swarm }, meeting, { talk }) => {
      const nonces = { ...meeting.nonces, answering: freshBytes(16) }
      talk.say(member(proved(anna.door().state.secret()!.secret, swarm, { ...meeting, nonces })))
    }),
  ],
  ['a welcome that it says itself', says({ type: 'welcome' })],
  ['an end that it says itself', says({ type: 'end', admits: true })],
  ['a key where there is none', says({ type: 'key', proof: freshBytes(32) })],
  ['a guess where there is no passphrase', says({ type: 'pake', step: freshBytes(64) })],
  ['a log right away', says({ type: 'have', heads: [] })],
  ['an invite it signed itself', redeems((scene) => forged(scene, scene.eve.signer, {}))],
  ['an invite that a mere member signed', redeems((scene) => forged(scene, scene.anna.signer, {}))],
  [
    'an invite with the owner’s name and its own signature',
    afterHello(async (scene, meeting, { talk }) => {
      const { token, seed } = await forged(scene, scene.eve.signer, {})
      const encoded = new Uint8Array(
        Buffer.concat([scene.invite.token.encoded.subarray(0, -64), token.encoded.subarray(-64)]),
      )
      talk.say(await redeem(meeting, { token: { ...token, encoded }, seed }))
    }),
  ],
  [
    'an invite whose uses were changed',
    afterHello(async ({ invite }, meeting, { talk }) => {
      const encoded = invite.token.encoded.slice()
      encoded[encoded.length - 70]! ^= 1
      talk.say(await redeem(meeting, { ...invite, token: { ...invite.token, encoded } }))
    }),
  ],
  [
    'an invite to another swarm',
    redeems(async (scene) =>
      forged(scene, scene.owner.signer, { swarm: (await aCreation()).swarm }),
    ),
  ],
  [
    'an invite to another torrent of the owner',
    redeems((scene) =>
      forged(scene, scene.owner.signer, { infoHash: 'cd'.repeat(20) as typeof INFO_HASH }),
    ),
  ],
  [
    'an invite without the link it came in',
    redeems(({ invite }) => ({ ...invite, seed: freshBytes(16) })),
  ],
  [
    'a redemption by another candidate',
    redeems(
      ({ invite }) => invite,
      ({ anna }) => ({ candidate: anna.self }),
    ),
  ],
  [
    'a redemption shown to somebody else first',
    redeems(
      ({ invite }) => invite,
      ({ anna }) => ({ asked: anna.self }),
    ),
  ],
  [
    'a redemption of another stream',
    redeems(
      ({ invite }) => invite,
      () => ({ askedNonce: freshBytes(16) }),
    ),
  ],
  [
    'an invite that means another',
    redeems(async ({ owner, anna }) => owner.invites({ boundTo: anna.self })),
  ],
  [
    'an invite that was taken back',
    redeems(async ({ owner }) => {
      const invite = await owner.invites()
      await owner.revokes(owner.door().invites.at(-1)!.id)
      return invite
    }),
  ],
  [
    'an invite that is over',
    redeems(({ network, invite }) => {
      network.now += 73 * HOUR
      return invite
    }),
  ],
  [
    'an invite that is over, at an owner whose clock is a day late',
    redeems(({ network, owner, invite }) => {
      network.now += 73 * HOUR
      owner.clock = -24 * HOUR
      return invite
    }),
  ],
  [
    'an invite of tomorrow',
    redeems((scene) => {
      const notBefore = scene.network.now + 24 * HOUR
      return forged(scene, scene.owner.signer, { notBefore, expiresAt: notBefore + HOUR })
    }),
  ],
  [
    'an invite that a member used',
    redeems(async ({ network, owner }) => {
      const invite = await owner.invites()
      const ben = await network.person(2)
      await ben.opens(invite)
      await ben.calls(owner)
      return invite
    }),
  ],
  [
    'an entry that it signed, which adds it',
    async (scene, dialled) =>
      void (await tells(scene, dialled, scene.eve.signer, add(scene.eve.self))),
  ],
  [
    'an entry that makes it an admin, signed by a member',
    async (scene, dialled) =>
      void (await tells(scene, dialled, scene.anna.signer, add(scene.eve.self, 'admin'))),
  ],
  [
    'an entry that adds it, signed by a member',
    async (scene, dialled) =>
      void (await tells(scene, dialled, scene.anna.signer, add(scene.eve.self))),
  ],
  [
    'an entry that removes the owner',
    async (scene, dialled) =>
      void (await tells(scene, dialled, scene.eve.signer, {
        type: 'remove',
        peer: scene.owner.self,
      })),
  ],
  [
    'a secret of its own',
    async (scene, dialled) =>
      void (await tells(scene, dialled, scene.eve.signer, {
        type: 'rotate',
        commitment: commitmentOf(freshBytes(32)),
      })),
  ],
  [
    'a second beginning of the swarm',
    afterHello(async ({ eve }, _, { talk }) => {
      talk.say(member(null))
      await talk.next()
      talk.say({ type: 'have', heads: [] })
      talk.say({ type: 'entries', entries: [(await aCreation(eve.signer)).bytes] })
      talk.say({ type: 'done' })
      talk.say({ type: 'end', admits: true })
    }),
  ],
  [
    'heads of the log that it guessed',
    afterHello(async ({ owner }, _, { talk }) => {
      talk.say(member(null))
      await talk.next()
      const heads = owner
        .door()
        .state.log!.heads()
        .map((head) => new Uint8Array(Buffer.from(head, 'hex')))
      talk.say({ type: 'have', heads })
      talk.say({ type: 'done' })
      talk.say({ type: 'end', admits: true })
    }),
  ],
  [
    'an invite and, before it is judged, all that members say',
    afterHello(async (scene, meeting, { talk }) => {
      talk.say(await redeem(meeting, await forged(scene, scene.eve.signer, {})))
      for (const type of ['welcome', 'done'] as const) talk.say({ type })
      talk.say({ type: 'have', heads: [] })
      talk.say({ type: 'end', admits: true })
    }),
  ],
]

test.each(ATTACKS)('%s lets nobody in and is told nothing', async (what, act) => {
  const scene = await aScene()
  const { owner, anna, eve, swarm } = scene
  const dialled = eve.dials(owner)

  await act(scene, dialled)
  dialled.talk.say({ type: 'close' })
  await rest(dialled)

  expect([owner.admits(eve), anna.admits(eve)]).toEqual([false, false])
  expect(toldOf(owner, dialled.heard())).toEqual([])
  expect(owner.swarms.get(INFO_HASH)?.swarm).toBe(swarm)
  expect(owner.door().state.view()?.members()).toHaveLength(
    what.includes('that a member used') ? 3 : 2,
  )
})

test('at least forty ways in were tried', () => {
  expect(ATTACKS.length).toBeGreaterThanOrEqual(40)
})

test('the honest way is the same talk, and is open', async () => {
  const scene = await aScene()
  const { owner, eve } = scene
  const dialled = eve.dials(owner)

  await redeems(({ invite }) => invite)(scene, dialled)
  dialled.talk.say({ type: 'have', heads: [] })
  dialled.talk.say({ type: 'done' })
  dialled.talk.say({ type: 'end', admits: true })
  await rest(dialled)

  expect(owner.admits(eve)).toBe(true)
  expect(toldOf(owner, dialled.heard())).toContain('the secret')
})
