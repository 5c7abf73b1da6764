import { AddBox } from '../components/add-box.tsx'
import { Mark } from '../components/mark.tsx'
import { PickButton, SharePrivately } from '../components/share-buttons.tsx'
import { useWords } from '../engine-context.tsx'
import './empty.css'

/** Nothing here yet: what this is, and three things to do. */
export function Empty() {
  const words = useWords()
  const say = words.empty
  return (
    <section class="empty" aria-labelledby="empty-title">
      <Mark size={64} />
      <h1 id="empty-title">{say.title}</h1>
      <p class="empty-lead">{say.lead}</p>
      <div class="empty-actions" role="group" aria-label={say.actions}>
        <PickButton what="files" class="empty-action">
          {(Icon) => (
            <>
              <Icon size={28} />
              <span class="empty-action-title">{say.filesTitle}</span>
              <span class="empty-action-text">{say.filesText}</span>
            </>
          )}
        </PickButton>
        <PickButton what="folder" class="empty-action">
          {(Icon) => (
            <>
              <Icon size={28} />
              <span class="empty-action-title">{say.folderTitle}</span>
              <span class="empty-action-text">{say.folderText}</span>
            </>
          )}
        </PickButton>
        <div class="empty-get">
          <h2 class="empty-action-title">{say.getTitle}</h2>
          <p class="empty-action-text">{say.getText}</p>
          <AddBox />
        </div>
      </div>
      <SharePrivately class="text-button" />
      <p class="empty-foot">
        {say.footStays}
        <br />
        {say.footOpen}
      </p>
    </section>
  )
}
