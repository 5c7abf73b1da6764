import { useApp } from '../engine-context.tsx'
import './banner.css'

/** The list is kept in memory alone, because the browser's database cannot be opened. */
export function ForgetfulBanner() {
  const app = useApp()
  const show = () => app.ui.change({ dialog: { name: 'storage', wanting: null } })
  return (
    <div class="banner" role="status">
      <p>{app.words.errors.forgetful}</p>
      <button type="button" class="button" onClick={show}>
        {app.words.storage.title}
      </button>
    </div>
  )
}
