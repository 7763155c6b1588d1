import { useDebouncedValue } from '@mantine/hooks'
import { useEffect, useEffectEvent, useState } from 'react'
import { useCommand } from '../api/command.ts'
import { useCommandKey } from '../api/command-key.ts'
import { isOutcomeUnknown } from '../api/errors.ts'
import {
  type TradingState,
  useLivePrice,
  useLivePrices,
  useTradingState,
} from '../api/live-prices.ts'
import { useReading } from '../api/reading.ts'
import { config } from '../config.ts'
import { signOf } from '../format/money.ts'
import {
  type OrderSide,
  type OrderType,
  TicketAssetDocument,
  TicketBalancesDocument,
  TicketPlaceOrderDocument,
  TicketPreviewDocument,
  type TicketPlaceOrderMutation,
  type TicketPreviewQuery,
} from '../generated/graphql.ts'
import { useNow } from '../lists/use-now.ts'
import { type DraftedOrder, draftOrder, type FeeSample, worstPrice } from './amounts.ts'
import { type Draft, startDraft, withType } from './draft.ts'
import { checkLastDay, expiryBounds } from './expiry.ts'
import { type SentOrder, useDraft } from './use-draft.ts'

const noOrder: DraftedOrder = { assetId: '', side: 'BUY', type: 'MARKET' }

/** The order with its guard: a market order is refused when the price gets much worse than what was looked at. */
export function toSend(order: DraftedOrder, previewPrice: string): SentOrder {
  if (order.type !== 'MARKET') return order
  return { ...order, worstPrice: worstPrice(previewPrice, order.side, config.slippagePercent) }
}

export type Preview = NonNullable<TicketPreviewQuery['previewOrder']>

/** What this very order would do, asked for when the typing has paused, and anew when the market moves. */
function useFreshPreview(order: DraftedOrder | undefined, marketPrice: string | undefined) {
  const current = JSON.stringify(order ?? null)
  const [settled] = useDebouncedValue(current, config.previewDelayMs)
  const isSettled = settled === current && order !== undefined
  const { data, failure, retry } = useReading(
    TicketPreviewDocument,
    { input: order ?? noOrder },
    { pause: !isSettled, everyMs: config.valuesEveryMs },
  )
  const follow = useEffectEvent(() => {
    if (isSettled && data?.previewOrder && data.previewOrder.price !== marketPrice) retry()
  })
  useEffect(() => follow(), [marketPrice])
  return isSettled
    ? { fresh: data?.previewOrder, failure, retry }
    : { fresh: undefined, failure: undefined, retry }
}

/**
 * The preview to show: while only the market moves, the last one stays in view.
 * `isPreviewCurrent` says whether it is about this very order.
 */
function usePreview(
  order: DraftedOrder | undefined,
  draftKey: string,
  marketPrice: string | undefined,
) {
  const { fresh, failure, retry } = useFreshPreview(order, marketPrice)
  const [last, setLast] = useState<{ draftKey: string; preview: Preview }>()
  const isKept = last !== undefined && last.draftKey === draftKey
  if (fresh && !(isKept && last.preview === fresh)) setLast({ draftKey, preview: fresh })
  const kept = isKept && order ? last.preview : undefined
  return {
    fresh,
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

/** The order of a draft. Its first preview contains the fee, which dollars at a limit must cover too. */
function useDrafted(assetId: string, draft: Draft, dayProblem: string | null) {
  const draftKey = JSON.stringify(draft)
  const [sample, setSample] = useState<{ draftKey: string; fee: FeeSample }>()
  const fee = sample?.draftKey === draftKey ? sample.fee : undefined
  return {
    drafted: draftOrder(assetId, draft, { dayProblem, fee }),
    draftKey,
    learnFee: (preview: Preview) => {
      if (!fee && signOf(preview.fee) !== 0) setSample({ draftKey, fee: preview })
    },
  }
}

/** Why the order cannot be reviewed now; null when it can. */
function reasonNotToReview(
  { preview, failure }: ReturnType<typeof usePreview>,
  missing: string | undefined,
  { isUnsettled, isTraded }: { isUnsettled: boolean; isTraded: boolean },
): string | null {
  if (!isTraded) return 'This asset cannot be traded at the moment.'
  if (isUnsettled) return 'Your last order has to be settled first.'
  if (missing !== undefined) return missing
  // The refusal itself stands in the preview.
  if (preview) return preview.refusal === null ? null : 'This order would be refused, see above.'
  return failure ? 'The preview could not be made.' : 'Working out what the order would do.'
}

/** Whether the market trades the asset now: it is neither delisted nor halted. */
const canTrade = ({ isActive, haltedSince }: TradingState): boolean =>
  isActive && haltedSince === null

/** A ticket's state: draft and key survive a reload, and an unanswered order stays as it was until its outcome is known. */
export function useTicket(assetId: string, onPlaced: (placed: TicketPlaceOrderMutation) => void) {
  const { key, renew } = useCommandKey(`ticket:${assetId}`)
  const { saved, save } = useDraft(assetId)
  const { draft } = saved
  const asset = useReading(TicketAssetDocument, { id: assetId })
  useLivePrices([assetId])
  const balances = useReading(TicketBalancesDocument, { id: assetId })
  const command = useCommand(TicketPlaceOrderDocument)
  const marketPrice = useLivePrice(assetId, asset.data?.asset.quote)?.price
  const trading = useTradingState(assetId, asset.data?.asset)
  const isTraded = trading === undefined || canTrade(trading)
  const expiry = useExpiry(draft)
  const [reviewed, setReviewed] = useState<DraftedOrder>()
  const { drafted, draftKey, learnFee } = useDrafted(assetId, draft, expiry.problem)
  const order = reviewed ?? drafted.order
  const preview = usePreview(saved.sent ? undefined : order, draftKey, marketPrice)
  if (preview.fresh) learnFee(preview.fresh)
  const isUnsettled = saved.sent !== null && !command.isRunning

  const send = async (sent: SentOrder) => {
    save({ draft, sent })
    const outcome = await command.run({ input: { ...sent, key } })
    if (outcome.failure) {
      if (isOutcomeUnknown(outcome.failure)) return
      if (outcome.failure.code === 'IDEMPOTENCY_KEY_REUSED') renew()
      save({ draft, sent: null })
      // Whatever it was refused for, the ticket knew less than the platform.
      balances.retry()
      preview.retry()
      return
    }
    renew()
    save({ draft: startDraft(draft, draft.side), sent: null })
    onPlaced(outcome.data)
  }
  const become = (next: Draft) => {
    command.forget()
    setReviewed(undefined)
    save({ draft: next, sent: null })
  }

  return {
    draft,
    change: (change: Partial<Draft>) => become({ ...draft, ...change }),
    chooseSide: (side: OrderSide) => become(startDraft(draft, side)),
    chooseType: (type: OrderType) => become(withType(draft, type, marketPrice)),
    asset,
    balances,
    marketPrice,
    expiry,
    order,
    ...preview,
    reason: reasonNotToReview(preview, drafted.missing, { isUnsettled, isTraded }),
    isReviewing: reviewed !== undefined,
    /** Fixes the order: what is confirmed is what was looked at, whatever the market does meanwhile. */
    review: () => {
      command.forget()
      setReviewed(order)
    },
    endReview: () => setReviewed(undefined),
    isTraded,
    isPlacing: command.isRunning,
    placeFailure: command.failure,
    isUnsettled,
    place: () =>
      order && preview.preview && preview.isPreviewCurrent
        ? send(toSend(order, preview.preview.price))
        : Promise.resolve(),
    sendAgain: () => (saved.sent ? send(saved.sent) : Promise.resolve()),
    /** Gives up on learning the outcome here; the orders page shows it. */
    startOver: () => {
      renew()
      become(startDraft(draft, draft.side))
    },
  }
}

export type TicketState = ReturnType<typeof useTicket>
