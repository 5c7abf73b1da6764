import { Show } from 'solid-js'
import { AddBox } from '../components/add-box.tsx'
import { Mark } from '../components/mark.tsx'
import { PickButton } from '../components/share-buttons.tsx'
import { StatusMenu } from '../components/status-menu.tsx'
import { useWords } from '../engine-context.tsx'
import './page-header.css'

/** `tools`: the add box and the share buttons; an empty page shows them large instead. */
export function PageHeader(props: { readonly tools: boolean; readonly status: boolean }) {
  const words = useWords()
  return (
    <header class="page-header">
      <div class="page-header-inner">
        <div class="page-name">
          <Mark size={28} />
          <span>{words.app.name}</span>
        </div>
        <Show when={props.tools}>
          <div class="page-tools">
            <AddBox />
            <PickButton what="files" class="button page-share" kind="main">
              {(Icon) => (
                <>
                  <Icon size={16} />
                  {words.add.shareFiles}
                </>
              )}
            </PickButton>
            <PickButton what="folder" class="button page-share">
              {(Icon) => (
                <>
                  <Icon size={16} />
                  {words.add.shareFolder}
                </>
              )}
            </PickButton>
          </div>
        </Show>
        <Show when={props.status}>
          <StatusMenu />
        </Show>
      </div>
    </header>
  )
}
