import { createSignal, type Accessor } from 'solid-js'
import type { EngineError } from '../../engine/model/errors.ts'
import type { SwarmDoor } from '../../engine/model/private-swarm.ts'
import { PRIVATE, PUBLIC } from '../../engine/model/swarm-policy.ts'
import type { SeedFile, SeedOptions } from '../../engine/model/torrent.ts'
import type { EngineClient } from '../../workers/protocol/engine-client.ts'
import type { SeedFlow } from './seed-flow.ts'

/** Everybody with the link, or one of the doors of a private swarm. */
export type WhoMayJoin = 'anyone' | SwarmDoor

/** Files on their way to being shared. */
export interface Sharing {
  readonly files: readonly SeedFile[]
  /** For loose files without a folder. */
  readonly name: string | null
}

export interface ShareFlow {
  /** While it is asked who may join. `files` is null until some are chosen. */
  readonly asking: Accessor<{ readonly sharing: Sharing | null } | null>
  readonly who: Accessor<WhoMayJoin>
  readonly passphrase: Accessor<string>
  /** Only private torrents run: *anyone* is no choice. */
  readonly privateOnly: Accessor<boolean>
  /** Why the last try was refused. */
  readonly problem: Accessor<EngineError | null>
  choose(who: WhoMayJoin): void
  writePassphrase(passphrase: string): void
  /** Asks before there are files. */
  open(): void
  /**
   * Shares at once where new torrents are public and nobody is asking; otherwise it is asked who
   * may join, and where that was answered already, these are the files. `privately` always asks.
   */
  take(sharing: Sharing, privately?: boolean): Promise<void>
  /** Shares what was taken, as was chosen. */
  share(): Promise<void>
  close(): void
}

/** Between files and their hashing: who may join what becomes of them. */
export function createShareFlow(deps: {
  readonly client: EngineClient
  readonly seeding: SeedFlow
}): ShareFlow {
  const [asking, setAsking] = createSignal<{ readonly sharing: Sharing | null } | null>(null)
  const [who, setWho] = createSignal<WhoMayJoin>('members')
  const [passphrase, setPassphrase] = createSignal('')
  const [privateOnly, setPrivateOnly] = createSignal(false)
  const [problem, setProblem] = createSignal<EngineError | null>(null)

  const ask = (sharing: Sharing | null) => {
    setWho('members')
    setPassphrase('')
    setProblem(null)
    setAsking({ sharing })
  }

  const seed = async (sharing: Sharing) => {
    const asked = { who: who(), passphrase: passphrase() }
    setAsking(null)
    const refused = await deps.seeding.seed(
      sharing.files,
      sharing.name,
      seedOptions(asked.who, asked.passphrase),
    )
    if (refused?.kind !== 'policy/passphrase' || asking() !== null) return
    setProblem(refused)
    setAsking({ sharing })
  }

  const isReady = () => who() !== 'passphrase' || passphrase() !== ''

  return {
    asking,
    who,
    passphrase,
    privateOnly,
    problem,
    choose(next) {
      setProblem(null)
      setWho(next)
    },
    writePassphrase(next) {
      setProblem(null)
      setPassphrase(next)
    },
    open() {
      ask(null)
      void deps.client.call('settings.get', null).then((answer) => {
        setPrivateOnly(answer.ok && answer.value.privateOnly)
      })
    },
    async take(sharing, privately = false) {
      if (asking()?.sharing === null && isReady()) return seed(sharing)
      if (asking() !== null) return void setAsking({ sharing })
      const settings = await deps.client.call('settings.get', null)
      setPrivateOnly(settings.ok && settings.value.privateOnly)
      const isPublic =
        settings.ok && settings.value.defaultPolicy.name === 'public' && !settings.value.privateOnly
      if (isPublic && !privately) await deps.seeding.seed(sharing.files, sharing.name)
      else ask(sharing)
    },
    async share() {
      const sharing = asking()?.sharing
      if (sharing != null && isReady()) await seed(sharing)
    },
    close: () => setAsking(null),
  }
}

/** What the engine is told of a choice. */
export function seedOptions(who: WhoMayJoin, passphrase: string): SeedOptions {
  switch (who) {
    case 'anyone':
      return { policy: PUBLIC }
    case 'passphrase':
      return { policy: PRIVATE, door: who, passphrase }
    case 'members':
    case 'key':
      return { policy: PRIVATE, door: who }
  }
}
