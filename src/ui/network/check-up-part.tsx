import Check from 'lucide-solid/icons/check'
import CircleDashed from 'lucide-solid/icons/circle-dashed'
import Minus from 'lucide-solid/icons/minus'
import TriangleAlert from 'lucide-solid/icons/triangle-alert'
import X from 'lucide-solid/icons/x'
import { createSignal, For, Show } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import { CHECKS, type CheckName, type Grade } from '../../engine/model/doctor.ts'
import { gradeOf } from '../../engine/model/doctor-verdict.ts'
import { CopyButton } from '../components/copy-button.tsx'
import { useApp } from '../engine-context.tsx'
import { findingHelp, findingSentence } from '../format/finding.ts'
import type { CheckState, CheckUp } from '../state/check-up.ts'
import './check-up-part.css'

const ICONS = { good: Check, limited: TriangleAlert, bad: X, skipped: Minus }

const iconOf = (grade: Grade | null) => (grade === null ? CircleDashed : ICONS[grade])

/** The doctor's visit: what was found on every part of the way, what it means, and what helps. */
export function CheckUpPart(props: { readonly checkUp: CheckUp }) {
  const app = useApp()
  const say = app.words.network.checkUp
  const verdict = () => {
    const name = props.checkUp.verdict()
    return name === null ? null : { name, ...say.verdict[name] }
  }
  const [reading, setReading] = createSignal(false)
  const begun = () => CHECKS.some((name) => props.checkUp.state()[name].name !== 'waiting')

  return (
    <section class="check-up">
      <p class="soft">{say.lead}</p>
      <div class="check-up-buttons">
        <button
          type="button"
          class="button"
          data-kind={begun() ? undefined : 'main'}
          aria-busy={props.checkUp.running()}
          aria-disabled={props.checkUp.running()}
          onClick={() => void props.checkUp.run()}
        >
          {props.checkUp.running() ? say.checking : begun() ? say.again : say.run}
        </button>
        <Show when={props.checkUp.report() !== ''}>
          <CopyButton label={say.copyReport} value={props.checkUp.report()} />
        </Show>
      </div>
      <div class="check-up-verdict" role="status">
        <Show when={verdict()}>
          {(found) => (
            <p data-well={found().name === 'all-well' ? '' : undefined}>
              <strong>{found().title}</strong> {found().text}
            </p>
          )}
        </Show>
      </div>
      <Show when={begun()}>
        <ul
          class="network-list"
          role="list"
          aria-label={say.checks}
          aria-busy={props.checkUp.running()}
        >
          <For each={CHECKS}>
            {(name) => <CheckRow name={name} state={props.checkUp.state()[name]} />}
          </For>
        </ul>
      </Show>
      <Show when={props.checkUp.report() !== ''}>
        <div class="check-up-report">
          <button
            type="button"
            class="text-button"
            aria-expanded={reading()}
            onClick={() => setReading((before) => !before)}
          >
            {say.seeReport}
          </button>
          <Show when={reading()}>
            <p class="soft">{say.reportHint}</p>
            <textarea class="field" readonly rows={12} aria-label={say.report}>
              {props.checkUp.report()}
            </textarea>
          </Show>
        </div>
      </Show>
    </section>
  )
}

function CheckRow(props: { readonly name: CheckName; readonly state: CheckState }) {
  const app = useApp()
  const say = app.words.network.checkUp
  const result = () => (props.state.name === 'done' ? props.state.result : null)
  const grade = (): Grade | null => {
    const found = result()
    if (found !== null) return gradeOf(found)
    return props.state.name === 'failed' ? 'bad' : null
  }
  const sentence = () => {
    const found = result()
    if (found !== null) return findingSentence(found, app.words)
    return props.state.name === 'failed' ? say.failed : say.checking
  }
  const help = () => {
    const found = result()
    return found === null ? null : findingHelp(found, app.words)
  }

  return (
    <li class="check" data-grade={grade() ?? 'checking'}>
      <span class="check-mark" aria-hidden="true">
        <Dynamic component={iconOf(grade())} size={14} />
      </span>
      <div class="check-what">
        <p>
          <span class="check-name">{say.name[props.name]}</span>
          <Show when={grade()}>
            {(known) => <span class="visually-hidden">: {say.grade[known()]}.</span>}
          </Show>
        </p>
        <p>{sentence()}</p>
        <Show when={help()}>{(text) => <p class="soft">{text()}</p>}</Show>
      </div>
    </li>
  )
}
