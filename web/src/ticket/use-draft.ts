import { useCallback, useState } from 'react'
import { type OwnStorage, useOwnStorage } from '../api/own-storage.ts'
import type { DraftedOrder } from './amounts.ts'
import { type Draft, emptyDraft, resumeDraft } from './draft.ts'

/** An order as it was sent, with its worst price. */
export type SentOrder = DraftedOrder & { readonly worstPrice?: string }

export type SavedTicket = {
  readonly draft: Draft
  /** The order that was sent without a response: only this exact order may be sent with the key. */
  readonly sent: SentOrder | null
  readonly sentKey?: string
}

function parseSaved(text: string | null): SavedTicket {
  const saved = JSON.parse(text ?? '{}') as Partial<SavedTicket>
  // A draft of an older version lacks new fields.
  return { ...saved, draft: { ...emptyDraft, ...saved.draft }, sent: saved.sent ?? null }
}

const scopeOf = (assetId: string): string => `ticket:${assetId}`

/** Reads the draft of an asset. Its limit is kept over a reload, and cleared after another asset's ticket was open. */
function openDraft(own: OwnStorage, assetId: string): SavedTicket {
  const saved = parseSaved(own.read('draft', scopeOf(assetId)))
  if (own.read('ticket', 'last') === assetId) return saved
  const resumed = { ...saved, draft: resumeDraft(saved.draft) }
  own.write('ticket', 'last', assetId)
  own.write('draft', scopeOf(assetId), JSON.stringify(resumed))
  return resumed
}

/** The draft of one asset's ticket; it survives a reload. Remount the ticket for another asset. */
export function useDraft(assetId: string) {
  const own = useOwnStorage()
  const [saved, setSaved] = useState(() => openDraft(own, assetId))
  const save = useCallback(
    (next: SavedTicket) => {
      own.write('draft', scopeOf(assetId), JSON.stringify(next))
      setSaved(next)
    },
    [own, assetId],
  )
  return { saved, save }
}
