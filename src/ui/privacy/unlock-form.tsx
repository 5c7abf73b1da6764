import { createSignal } from 'solid-js'
import type { TorrentSnapshot } from '../../engine/model/torrent.ts'
import { useApp } from '../engine-context.tsx'
import { errorMessage } from '../format/error-message.ts'
import './privacy.css'

/** Where a private torrent waits for a passphrase. How it went is in the torrent's sentence. */
export function UnlockForm(props: { readonly torrent: TorrentSnapshot }) {
  const app = useApp()
  const say = app.words.privacy
  const [passphrase, setPassphrase] = createSignal('')
  const [busy, setBusy] = createSignal(false)
  const [problem, setProblem] = createSignal('')

  const unlock = async () => {
    if (busy() || passphrase() === '') return
    setBusy(true)
    const { infoHash } = props.torrent
    const answer = await app.client.call('swarm.unlock', { infoHash, passphrase: passphrase() })
    setBusy(false)
    setProblem(answer.ok ? '' : errorMessage(answer.error, app.words))
    if (answer.ok) setPassphrase('')
  }

  return (
    <form
      class="unlock"
      onSubmit={(event) => {
        event.preventDefault()
        void unlock()
      }}
    >
      <input
        class="field"
        type="password"
        autocomplete="off"
        aria-label={say.unlockNamed(props.torrent.name)}
        placeholder={say.passphrase}
        value={passphrase()}
        onInput={(event) => setPassphrase(event.currentTarget.value)}
      />
      <button type="submit" class="button" aria-busy={busy()} disabled={passphrase() === ''}>
        {say.unlock}
      </button>
      <p class="problem" role="alert">
        {problem()}
      </p>
    </form>
  )
}
