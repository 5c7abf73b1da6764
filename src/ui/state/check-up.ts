import { createSignal, onCleanup, type Accessor } from 'solid-js'
import {
  CHECKS,
  type CheckName,
  type CheckResult,
  type Verdict,
} from '../../engine/model/doctor.ts'
import { verdictOf } from '../../engine/model/doctor-verdict.ts'
import type { EngineClient } from '../../workers/protocol/engine-client.ts'

/** Where one check is. */
export type CheckState =
  | { readonly name: 'waiting' }
  | { readonly name: 'checking' }
  | { readonly name: 'done'; readonly result: CheckResult }
  | { readonly name: 'failed' }

/** One look at every part of the way to others, at a time. */
export interface CheckUp {
  readonly state: Accessor<Readonly<Record<CheckName, CheckState>>>
  readonly running: Accessor<boolean>
  /** Null while something is not known. */
  readonly verdict: Accessor<Verdict | null>
  /** Text for somebody who can help; blank before everything has answered. */
  readonly report: Accessor<string>
  run(): Promise<void>
}

export function createCheckUp(client: EngineClient): CheckUp {
  const [state, setState] = createSignal(everyCheck({ name: 'waiting' }))
  const [running, setRunning] = createSignal(false)
  const [report, setReport] = createSignal('')
  const gone = new AbortController()
  onCleanup(() => gone.abort())

  const results = () =>
    CHECKS.flatMap((name) => {
      const one = state()[name]
      return one.name === 'done' ? [one.result] : []
    })

  const check = async (name: CheckName) => {
    const { signal } = gone
    const answer = await client.call('doctor.check', { name }, { signal }).catch(() => null)
    if (signal.aborted) return
    const next: CheckState =
      answer?.ok === true ? { name: 'done', result: answer.value } : { name: 'failed' }
    setState((before) => ({ ...before, [name]: next }))
  }

  return {
    state,
    running,
    report,
    verdict: () => (running() ? null : verdictOf(results())),
    async run() {
      if (running()) return
      setRunning(true)
      setReport('')
      setState(everyCheck({ name: 'checking' }))
      await Promise.all(CHECKS.map(check))
      const written = await client.call('doctor.report', { results: results() })
      if (gone.signal.aborted) return
      if (written.ok) setReport(written.value)
      setRunning(false)
    },
  }
}

function everyCheck(state: CheckState): Record<CheckName, CheckState> {
  return {
    relays: state,
    reservation: state,
    trackers: state,
    stun: state,
    direct: state,
    relayed: state,
  }
}
