import type { PeerId } from '../model/ids.ts'
import type { MemberRole, Standing, SwarmDoor } from '../model/private-swarm.ts'
import type { Timestamp } from '../model/units.ts'
import type { Talk } from '../overlay/talk.ts'
import type { Meeting } from './hello.ts'
import type { KeptDoor } from './kept-swarm.ts'
import type { SwarmMessage } from './swarm-messages.ts'

/** What decides who may take part in one private swarm, and how that is shown. */
export interface Door {
  readonly kind: SwarmDoor
  standing(): Standing
  /** The gate. */
  admits(peer: PeerId): boolean
  /** Under what those inside find each other now; null while nobody can. */
  key(): Uint8Array<ArrayBuffer> | null
  /** Those inside whom we know by name, whoever is likeliest to help first. */
  known(): readonly PeerId[]
  people(): readonly Person[]
  /** We came to them: both have said hello. True when each lets the other in. */
  ask(talk: Talk<SwarmMessage>, meeting: Meeting): Promise<boolean>
  /** They came to us; `first` is what they said after hello. */
  answer(talk: Talk<SwarmMessage>, meeting: Meeting, first: SwarmMessage): Promise<boolean>
  /** All there is to remember. */
  kept(): KeptDoor
}

/** Somebody inside. */
export interface Person {
  readonly peerId: PeerId
  readonly name: string | null
  readonly role: MemberRole
  readonly person: PeerId | null
  readonly addedAt: Timestamp
}
