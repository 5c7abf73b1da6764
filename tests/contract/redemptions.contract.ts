import { expect } from 'chai'
import type {
  Redemption,
  RedemptionClaim,
  Redemptions,
} from '../../src/engine/contracts/redemptions.ts'
import type { ContractCase } from './contract-case.ts'

export interface RedemptionsSetup {
  readonly redemptions: Redemptions
  /** Of a relay that counts. */
  readonly relay: string
}

const { signal } = new AbortController()

/** What every `Redemptions` promises. */
export const redemptionsCases: ReadonlyArray<ContractCase<RedemptionsSetup>> = [
  {
    name: 'an invite is used as often as it may be, and no more',
    async run(setup) {
      const invite = anInvite({ uses: 2 })

      const answers = []
      for (const who of ['ana', 'ben', 'cleo']) answers.push(await claimed(setup, invite, who))

      expect(
        answers.map(({ granted, why, used, uses }) => [granted, why, used, uses]),
      ).to.deep.equal([
        [true, null, 1, 2],
        [true, null, 2, 2],
        [false, 'used', 2, 2],
      ])
    },
  },
  {
    name: 'of many that ask at once one gets an invite for one',
    async run(setup) {
      const invite = anInvite({ uses: 1 })
      const people = Array.from({ length: 50 }, (_, number) => `person ${number}`)

      const answers = await Promise.all(people.map((who) => claimed(setup, invite, who)))

      expect(answers.filter(({ granted }) => granted)).to.have.length(1)
    },
  },
  {
    name: 'who asks again gets the same answer and takes no other place',
    async run(setup) {
      const invite = anInvite({ uses: 2 })
      await claimed(setup, invite, 'ana')

      const again = await claimed(setup, invite, 'ana')

      expect([again.granted, again.used]).to.deep.equal([true, 1])
      expect((await claimed(setup, invite, 'ben')).granted).to.equal(true)
    },
  },
  {
    name: 'the first claim says how often and until when',
    async run(setup) {
      const invite = anInvite({ uses: 1 })
      await claimed(setup, invite, 'ana')

      const more = await claimed(setup, { ...invite, uses: 1000 }, 'ben')
      const longer = await claimed(setup, { ...invite, expires: invite.expires + 60 }, 'ana')

      for (const { granted, why, used, uses } of [more, longer]) {
        expect([granted, why, used, uses]).to.deep.equal([false, 'contradiction', 1, 1])
      }
    },
  },
  {
    name: 'an invite that expired is refused by the clock that is told',
    async run(setup) {
      const invite = anInvite({ expires: Math.floor(Date.now() / 1000) - 1 })

      const { granted, why, now } = await claimed(setup, invite, 'ana')

      expect([granted, why]).to.deep.equal([false, 'expired'])
      expect(now).to.be.greaterThan(invite.expires * 1000)
    },
  },
  {
    name: 'invites do not know each other',
    async run(setup) {
      await claimed(setup, anInvite({ uses: 1 }), 'ana')

      expect((await claimed(setup, anInvite({ uses: 1 }), 'ana')).used).to.equal(1)
    },
  },
  {
    name: 'who gives up before asking hears why',
    async run({ redemptions, relay }) {
      const reason = new Error('not any more')
      const claim = { ...anInvite({}), claim: digest() }

      const asked = redemptions.claim(relay, claim, AbortSignal.abort(reason))

      expect(await asked.catch((thrown: unknown) => thrown)).to.equal(reason)
    },
  },
]

type Invite = Omit<RedemptionClaim, 'claim'>

/** Another one each time. */
function anInvite(fields: Partial<Invite>): Invite {
  return { token: digest(), uses: 1, expires: Math.floor(Date.now() / 1000) + 3600, ...fields }
}

async function claimed(setup: RedemptionsSetup, invite: Invite, who: string): Promise<Redemption> {
  const claim = await digestOf(who + invite.token)
  const answer = await setup.redemptions.claim(setup.relay, { ...invite, claim }, signal)
  if (!answer.ok) throw new Error(answer.error.kind)
  return answer.value
}

function digest(): string {
  return hexOf(crypto.getRandomValues(new Uint8Array(32)))
}

async function digestOf(text: string): Promise<string> {
  return hexOf(
    new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))),
  )
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
