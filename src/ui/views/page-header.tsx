import { Show } from 'solid-js'
import { AddBox } from '../components/add-box.tsx'
import { Mark } from '../components/mark.tsx'
import { PickButton, SharePrivately } from '../components/share-buttons.tsx'
import { StatusMenu } from '../components/status-menu.tsx'
import { useWords } from '../engine-context.tsx'
import './page-header.css'

export interface PageHeaderProps {
  readonly tools: boolean
  readonly status: boolean
  /** A torrent is open: a phone has no room for anything else. */
  readonly detail: boolean
}

/** `tools`: the add box and the share buttons; an empty page shows them large instead. */
export function PageHeader(props: PageHeaderProps) {
  const words = useWords()
  return (
    <header class="page-header" data-detail={props.detail ? '' : undefined}>
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
            <SharePrivately class="button page-share" />
          </div>
        </Show>
        <Show when={props.status}>
          <StatusMenu />
        </Show>
      </div>
    </header>
  )
}
