import { useDebouncedValue, useSessionStorage } from '@mantine/hooks'
import { useState } from 'react'
import { useCommand } from '../api/command.ts'
import { useCommandKey } from '../api/command-key.ts'
import { isOutcomeUnknown } from '../api/errors.ts'
import { useReading } from '../api/reading.ts'
import { useUsername } from '../api/SessionProvider.tsx'
import { config } from '../config.ts'
import {
  TicketAssetDocument,
  TicketBalancesDocument,
  TicketPlaceOrderDocument,
  TicketPreviewDocument,
  type TicketPlaceOrderMutation,
  type TicketPreviewQuery,
} from '../generated/graphql.ts'
import { useNow } from '../lists/use-now.ts'
import { type Draft, draftOrder, emptyDraft, worstPrice } from './amounts.ts'
import { checkLastDay, expiryBounds } from './expiry.ts'

type SavedTicket = {
  readonly draft: Draft
  /** The order that was sent and not answered yet: only this very order may be sent under the key. */
  readonly sent: ReturnType<typeof sendable> | null
}

type PreviewInput = NonNullable<ReturnType<typeof draftOrder>>

const noOrder: PreviewInput = { assetId: '', side: 'BUY', type: 'MARKET', quantity: '0' }

function sendable(order: PreviewInput, previewPrice: string) {
  const isMarket = order.type === 'MARKET'
  return isMarket
    ? { ...order, worstPrice: worstPrice(previewPrice, order.side, config.slippagePercent) }
    : order
}

type Preview = NonNullable<TicketPreviewQuery['previewOrder']>

/** What this very order would do, kept fresh; asked for when the typing has paused. */
function useFreshPreview(order: PreviewInput | undefined) {
  const current = JSON.stringify(order ?? null)
  const [settled] = useDebouncedValue(current, config.previewDelayMs)
  const isSettled = settled === current && order !== undefined
  const { data, failure, retry } = useReading(
    TicketPreviewDocument,
    { input: order ?? noOrder },
    { pause: !isSettled, everyMs: config.pricesEveryMs },
  )
  return isSettled
    ? { fresh: data?.previewOrder, failure, retry }
    : { fresh: undefined, failure: undefined, retry }
}

/**
 * The preview to show: while only the market moves, the last one stays in view.
 * `isPreviewCurrent` says whether it is about this very order.
 */
function usePreview(order: PreviewInput | undefined, draftKey: string) {
  const { fresh, failure, retry } = useFreshPreview(order)
  const [last, setLast] = useState<{ draftKey: string; preview: Preview }>()
  const isKept = last !== undefined && last.draftKey === draftKey
  if (fresh && !(isKept && last.preview === fresh)) setLast({ draftKey, preview: fresh })
  const kept = isKept && order ? last.preview : undefined
  return {
    preview: fresh ?? kept,
    isPreviewCurrent: fresh !== undefined,
    failure,
    retry,
    isExpected: order !== undefined,
  }
}

/** The days that a limit order may be good till, and what is wrong with the one that was chosen. */
function useExpiry({ type, lastDay }: Draft) {
  const nowMs = useNow()
  return {
    ...expiryBounds(nowMs),
    problem: type === 'LIMIT' ? checkLastDay(lastDay, nowMs) : null,
  }
}

/** A ticket's state: draft and key survive a reload, and an unanswered order stays as it was until its outcome is known. */
export function useTicket(assetId: string, onPlaced: (placed: TicketPlaceOrderMutation) => void) {
  const scope = `ticket:${assetId}`
  const { key, renew } = useCommandKey(scope)
  const [saved, setSaved] = useSessionStorage<SavedTicket>({
    key: `cnop-draft:${useUsername()}:${scope}`,
    defaultValue: { draft: emptyDraft, sent: null },
    getInitialValueInEffect: false,
  })
  const asset = useReading(TicketAssetDocument, { id: assetId }, { everyMs: config.pricesEveryMs })
  const balances = useReading(TicketBalancesDocument, { id: assetId })
  const command = useCommand(TicketPlaceOrderDocument)
  const marketPrice = asset.data?.asset.quote?.price
  // A draft that an older page kept lacks what is new.
  const draft: Draft = { ...emptyDraft, ...saved.draft }
  const expiry = useExpiry(draft)
  const [reviewed, setReviewed] = useState<PreviewInput>()
  const drafted = expiry.problem ? undefined : draftOrder(assetId, draft, marketPrice)
  const order = reviewed ?? drafted
  const preview = usePreview(saved.sent ? undefined : order, JSON.stringify(draft))

  const send = async (sent: NonNullable<SavedTicket['sent']>) => {
    setSaved({ draft, sent })
    const outcome = await command.run({ input: { ...sent, key } })
    if (outcome.failure) {
      if (isOutcomeUnknown(outcome.failure)) return
      if (outcome.failure.code === 'IDEMPOTENCY_KEY_REUSED') renew()
      setSaved({ draft, sent: null })
      return
    }
    renew()
    setSaved({ draft: { ...draft, amount: '', lastDay: '' }, sent: null })
    onPlaced(outcome.data)
  }

  return {
    draft,
    change: (change: Partial<Draft>) => {
      command.forget()
      setSaved({ draft: { ...draft, ...change }, sent: null })
    },
    asset,
    balances,
    marketPrice,
    expiry,
    order,
    ...preview,
    isReviewing: reviewed !== undefined,
    /** Fixes the quantity: what is confirmed is what was looked at, whatever the market does meanwhile. */
    review: () => setReviewed(order),
    endReview: () => setReviewed(undefined),
    isPlacing: command.isRunning,
    placeFailure: command.failure,
    isUnsettled: saved.sent !== null && !command.isRunning,
    place: () =>
      order && preview.preview && preview.isPreviewCurrent
        ? send(sendable(order, preview.preview.price))
        : Promise.resolve(),
    sendAgain: () => (saved.sent ? send(saved.sent) : Promise.resolve()),
    /** Gives up on learning the outcome here; the orders page shows it. */
    startOver: () => {
      command.forget()
      renew()
      setSaved({ draft: emptyDraft, sent: null })
    },
  }
}

export type TicketState = ReturnType<typeof useTicket>
