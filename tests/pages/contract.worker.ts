import { makeOpfsPieceStores } from '../../src/engine/adapters/opfs-piece-store.ts'
import type { ContractCase } from '../contract/contract-case.ts'
import {
  fullDeviceCases,
  ownBytesCases,
  pieceStoreCases,
  type PieceStoreSetup,
} from '../contract/piece-store.contract.ts'

/** Few, so that files are closed and opened again in the midst of every case. */
const OPEN_FILES = 4

const suites: Readonly<Record<string, (name: string) => Promise<void>>> = {
  'opfs-piece-stores': (name) =>
    withPieceStores(caseOf([...pieceStoreCases, ...ownBytesCases], name)),
  'opfs-full-device': (name) => withPieceStores(caseOf(fullDeviceCases, name)),
}

addEventListener('message', ({ data }: MessageEvent<{ suite: string; name: string }>) => {
  suites[data.suite]!(data.name).then(
    () => postMessage(null),
    (thrown: unknown) => postMessage(thrown instanceof Error ? thrown.stack : String(thrown)),
  )
})

async function withPieceStores({ run }: ContractCase<PieceStoreSetup>): Promise<void> {
  const device = await navigator.storage.getDirectory()
  const name = crypto.randomUUID()
  const root = await device.getDirectoryHandle(name, { create: true })
  const make = () => makeOpfsPieceStores(root, { openFiles: OPEN_FILES })

  await run({ stores: make(), again: async () => make() })
  await device.removeEntry(name, { recursive: true })
}

function caseOf<Setup>(cases: ReadonlyArray<ContractCase<Setup>>, name: string) {
  return cases.find((one) => one.name === name)!
}
