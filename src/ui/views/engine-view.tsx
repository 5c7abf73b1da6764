import { Match, Show, Switch, type JSX } from 'solid-js'
import type { EngineError } from '../../engine/model/errors.ts'
import { Mark } from '../components/mark.tsx'
import { useApp, useWords } from '../engine-context.tsx'
import { errorDetail, errorMessage } from '../format/error-message.ts'
import './engine-view.css'

/** The whole page when there is no engine to show: why, and the one thing that helps. */
export function EngineView() {
  const app = useApp()
  const say = app.words.engine
  const error = () => {
    const { engine } = app.engine
    return engine.name === 'failed' ? engine.error : null
  }

  return (
    <Switch>
      <Match when={app.engine.engine.name === 'waiting'}>
        <Message title={say.waitingTitle} text={say.waitingText} />
      </Match>
      <Match when={app.engine.engine.name === 'stopping'}>
        <Message title={say.stoppingTitle} />
      </Match>
      <Match when={error()}>{(failed) => <Failed error={failed()} />}</Match>
    </Switch>
  )
}

function Failed(props: { readonly error: EngineError }) {
  const words = useWords()
  const say = words.engine
  const detail = () => errorDetail(props.error)
  const reload = () => (
    <button type="button" class="button" data-kind="main" onClick={() => location.reload()}>
      {say.reload}
    </button>
  )

  return (
    <Switch
      fallback={
        <Message title={say.failedTitle} text={errorMessage(props.error, words)} alert>
          {reload()}
          <Show when={detail()}>
            {(text) => (
              <details class="engine-detail">
                <summary>{say.detail}</summary>
                <code>{text()}</code>
              </details>
            )}
          </Show>
        </Message>
      }
    >
      <Match when={props.error.kind === 'engine/held-elsewhere'}>
        <Message title={say.waitingTitle} text={say.waitingText} />
      </Match>
      <Match when={props.error.kind === 'engine/lost'}>
        <Message title={say.lostTitle} text={say.lostText} alert>
          {reload()}
        </Message>
      </Match>
      <Match when={props.error.kind === 'engine/version'}>
        <Message title={say.versionTitle} text={errorMessage(props.error, words)} alert>
          {reload()}
        </Message>
      </Match>
      <Match when={props.error.kind === 'engine/insecure-context'}>
        <Insecure />
      </Match>
    </Switch>
  )
}

/** Plain http on an address of the local network: browsers give such a page next to nothing. */
function Insecure() {
  const say = useWords().engine
  const onThisMachine = () => {
    const url = new URL(location.href)
    url.hostname = 'localhost'
    return url
  }
  return (
    <Message title={say.insecureTitle} text={say.insecureText} alert>
      <p class="soft">{say.insecureMeasured(location.origin)}</p>
      <div class="engine-fix">
        <h2>{say.insecureFix}</h2>
        <p>
          {say.insecureFixLocal}{' '}
          <a href={onThisMachine().href}>
            <code>{onThisMachine().origin}</code>
          </a>
        </p>
        <p>{say.insecureFixHttps}</p>
      </div>
    </Message>
  )
}

interface MessageProps {
  readonly title: string
  readonly text?: string
  readonly alert?: boolean
  readonly children?: JSX.Element
}

function Message(props: MessageProps) {
  return (
    <section class="engine-view" role={props.alert === true ? 'alert' : 'status'}>
      <Mark size={48} />
      <h1>{props.title}</h1>
      <Show when={props.text}>{(text) => <p class="engine-text">{text()}</p>}</Show>
      {props.children}
    </section>
  )
}
