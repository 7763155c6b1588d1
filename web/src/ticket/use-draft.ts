import { useCallback, useMemo, useState } from 'react'
import { type OwnStorage, useOwnStorage, useOwnText } from '../api/own-storage.ts'
import type { DraftedOrder } from './amounts.ts'
import { type Draft, emptyDraft, isBegun, startDraft } from './draft.ts'
import type { Sides } from './moves.ts'

/** An order as it was sent, with its worst price. */
export type SentOrder = DraftedOrder & { readonly worstPrice?: string }

export type SavedTicket = Sides & {
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

/** The price that the ticket filled in itself was not begun by anybody. */
const isTyped = ({ limitPrice, startingLimit, ...draft }: Draft): boolean =>
  isBegun({ ...draft, startingLimit, limitPrice: limitPrice === startingLimit ? '' : limitPrice })

/**
 * A draft that was begun comes back whole, and is returned. A new one takes over the kind of order of the ticket that was open
 * before.
 */
function openDraft(own: OwnStorage, assetId: string): string | null {
  const last = own.read('ticket', 'last')
  if (last === assetId) return null
  own.write('ticket', 'last', assetId)
  const text = own.read('draft', scopeOf(assetId))
  const saved = parseSaved(text)
  if (last === null || saved.sent) return null
  if (isBegun(saved.draft)) return isTyped(saved.draft) ? text : null
  const before = parseSaved(own.read('draft', scopeOf(last)))
  const draft = startDraft(before.draft, saved.draft.side)
  own.write('draft', scopeOf(assetId), JSON.stringify({ ...saved, draft }))
  return null
}

/**
 * The draft of one asset's ticket as the tab keeps it: it survives a reload, and follows an answer that arrives after its page was
 * left and opened again. Remount the ticket for another asset.
 */
export function useDraft(assetId: string) {
  const own = useOwnStorage()
  const [restored] = useState(() => openDraft(own, assetId))
  const text = useOwnText(own, 'draft', scopeOf(assetId))
  const saved = useMemo(() => parseSaved(text), [text])
  const save = useCallback(
    (next: SavedTicket) => own.write('draft', scopeOf(assetId), JSON.stringify(next)),
    [own, assetId],
  )
  /** The key of the order that is unanswered now, whichever page has sent it. */
  const unansweredKey = useCallback(() => {
    const { sent, sentKey } = parseSaved(own.read('draft', scopeOf(assetId)))
    return sent ? sentKey : undefined
  }, [own, assetId])
  /** The draft is one of before another asset was chosen, and not changed since. */
  const isRestored = restored !== null && restored === text
  return { saved, save, unansweredKey, isRestored }
}
