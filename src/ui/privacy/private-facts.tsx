import { For } from 'solid-js'
import { useWords } from '../engine-context.tsx'
import './privacy.css'

/** What a private torrent goes without, and what a relay learns of it all the same. */
export function PrivateFacts() {
  const say = useWords().privacy.facts
  return (
    <details class="private-facts">
      <summary>{say.title}</summary>
      <h4>{say.unused}</h4>
      <ul>
        <For each={say.unusedList}>{(line) => <li>{line}</li>}</For>
      </ul>
      <h4>{say.relay}</h4>
      <ul>
        <For each={say.relayList}>{(line) => <li>{line}</li>}</For>
      </ul>
    </details>
  )
}
