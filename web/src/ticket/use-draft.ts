import { useCallback, useState } from 'react'
import { useUsername } from '../api/SessionProvider.tsx'
import type { DraftedOrder } from './amounts.ts'
import { type Draft, emptyDraft, resumeDraft } from './draft.ts'

/** An order as it was sent, with what guards it. */
export type SentOrder = DraftedOrder & { readonly worstPrice?: string }

export type SavedTicket = {
  readonly draft: Draft
  /** The order that was sent and not answered yet: only this very order may be sent under the key. */
  readonly sent: SentOrder | null
}

function parseSaved(text: string | null): SavedTicket {
  const saved = JSON.parse(text ?? '{}') as Partial<SavedTicket>
  // A draft that an older page kept lacks what is new.
  return { draft: { ...emptyDraft, ...saved.draft }, sent: saved.sent ?? null }
}

/** Reads the draft of an asset. Its limit is kept over a reload, and dropped when another asset's ticket was open since. */
function openDraft(username: string, assetId: string): SavedTicket {
  const lastAsset = `cnop-ticket:${username}`
  const saved = parseSaved(sessionStorage.getItem(draftName(username, assetId)))
  if (sessionStorage.getItem(lastAsset) === assetId) return saved
  const resumed = { ...saved, draft: resumeDraft(saved.draft) }
  sessionStorage.setItem(lastAsset, assetId)
  sessionStorage.setItem(draftName(username, assetId), JSON.stringify(resumed))
  return resumed
}

const draftName = (username: string, assetId: string): string =>
  `cnop-draft:${username}:ticket:${assetId}`

/** The draft of one asset's ticket; it survives a reload. Mount the ticket anew for another asset. */
export function useDraft(assetId: string) {
  const username = useUsername()
  const [saved, setSaved] = useState(() => openDraft(username, assetId))
  const save = useCallback(
    (next: SavedTicket) => {
      sessionStorage.setItem(draftName(username, assetId), JSON.stringify(next))
      setSaved(next)
    },
    [username, assetId],
  )
  return { saved, save }
}
