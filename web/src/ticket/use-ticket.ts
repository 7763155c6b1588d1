import { useState } from 'react'
import { useCommand } from '../api/command.ts'
import { useCommandKey } from '../api/command-key.ts'
import { type Failure, isNoSuchAsset, isOutcomeUnknown, isStillUnknown } from '../api/errors.ts'
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
  type TicketBalancesQuery,
  TicketPlaceOrderDocument,
  type TicketPlaceOrderMutation,
} from '../generated/graphql.ts'
import { i18n } from '../i18n.ts'
import { useNow } from '../lists/use-now.ts'
import {
  type DraftedOrder,
  type DraftFacts,
  draftOrder,
  type FeeSample,
  isAtInput,
  worstPrice,
} from './amounts.ts'
import { type Draft, startDraft, withType } from './draft.ts'
import { checkLastDay, expiryBounds } from './expiry.ts'
import { correctionOf } from './input-words.ts'
import { turnTo, withUnit } from './moves.ts'
import { type SavedTicket, type SentOrder, useDraft } from './use-draft.ts'
import { type Preview, usePreview } from './use-preview.ts'

/** The order with its worst price: a market order is refused when the price becomes much worse than in the review. */
export function toSend(order: DraftedOrder, previewPrice: string): SentOrder {
  if (order.type !== 'MARKET') return order
  return { ...order, worstPrice: worstPrice(previewPrice, order.side, config.slippagePercent) }
}

export type Balances = NonNullable<TicketBalancesQuery['me']>['portfolio']

/** The selectable last days of an order that waits, and the problem of the selected one. */
function useExpiry({ type, wait, lastDay }: Draft) {
  const nowMs = useNow()
  return {
    ...expiryBounds(nowMs),
    problem: type !== 'MARKET' && wait === 'DATE' ? checkLastDay(lastDay, nowMs) : null,
  }
}

/** The first known value for a key: the size of a draft does not change with each tick. */
function useFirst<Value>(key: string, value: Value | undefined): Value | undefined {
  const [first, setFirst] = useState<{ key: string; value: Value }>()
  if (first?.key === key) return first.value
  if (value !== undefined) setFirst({ key, value })
  return value
}

/** The last known value. */
function useLast<Value>(value: Value | undefined): Value | undefined {
  const [last, setLast] = useState(value)
  if (value !== undefined && value !== last) setLast(value)
  return value ?? last
}

/** The order of a draft. Its first preview returns the fee, which dollars at a limit must cover too. */
function useDrafted(
  assetId: string,
  draft: Draft,
  { dayProblem, marketPrice, lots }: DraftFacts & { readonly dayProblem: string | null },
) {
  const draftKey = JSON.stringify(draft)
  const [sample, setSample] = useState<{ draftKey: string; fee: FeeSample }>()
  const fee = sample?.draftKey === draftKey ? sample.fee : undefined
  const sizedAt = useFirst(draftKey, marketPrice)
  return {
    drafted: draftOrder(assetId, draft, { dayProblem, fee, marketPrice: sizedAt, lots }),
    draftKey,
    learnFee: (preview: Preview) => {
      if (!fee && signOf(preview.fee) !== 0) setSample({ draftKey, fee: preview })
    },
  }
}

/** The lots of the holding; none without one. */
const lotsOf = (data: TicketBalancesQuery | undefined) =>
  data && (data.me?.portfolio.holding?.lots ?? [])

export const sendingOrder = i18n.t('Sending your order…')

/** The reason why the order cannot be reviewed at present, or null. */
function reasonNotToReview(
  { preview, failure, awaited }: ReturnType<typeof usePreview>,
  missing: string | undefined,
  {
    isSending,
    isUnsettled,
    isTraded,
  }: Readonly<Record<'isSending' | 'isUnsettled' | 'isTraded', boolean>>,
): string | null {
  if (isSending) return sendingOrder
  if (!isTraded) return i18n.t('This asset cannot be traded at the moment.')
  if (isUnsettled) return i18n.t('Your last order has to be settled first.')
  if (missing !== undefined) return missing
  if (failure) {
    return correctionOf(failure.field)?.first ?? i18n.t('The preview could not be made.')
  }
  // The preview shows the refusal itself.
  if (preview) {
    return preview.refusal === null ? null : i18n.t('This order would be refused, see above.')
  }
  return awaited
}

/** Whether the market trades the asset at present: it is neither delisted nor halted. */
const canTrade = ({ isActive, haltedSince }: TradingState): boolean =>
  isActive && haltedSince === null

function useMarket(assetId: string) {
  const asset = useReading(TicketAssetDocument, { id: assetId })
  // The stream refuses what is no asset; during an outage of the market it may have the price all the same.
  const isKnown = asset.data !== undefined || (asset.failure && !isNoSuchAsset(asset.failure))
  useLivePrices(isKnown ? [assetId] : [])
  const quote = useLivePrice(assetId, asset.data?.asset.quote)
  const trading = useTradingState(assetId, asset.data?.asset)
  return { asset, quote, isTraded: trading === undefined || canTrade(trading) }
}

/**
 * The preview with the refusal of the order, which is shown at its field or in the review. The preview from before it must
 * not look like its outcome.
 */
function withRefusal(preview: ReturnType<typeof usePreview>, refusal: Failure | undefined) {
  const atInput = refusal && isAtInput(refusal) ? refusal : undefined
  const placeFailure = atInput ? undefined : refusal
  return {
    ...preview,
    preview: placeFailure && !preview.isPreviewCurrent ? undefined : preview.preview,
    failure: preview.failure ?? atInput,
    /** Why the order was not placed, unless a field shows it. */
    placeFailure,
  }
}

/** The value as it was before the order was sent: an answer on its way may already have changed it. */
function useSteady<Value>(value: Value, isSending: boolean): Value {
  const [steady, setSteady] = useState(value)
  if (!isSending && steady !== value) setSteady(value)
  return isSending ? steady : value
}

/**
 * The state of a ticket: draft and key survive a reload, and an unanswered order is unchanged until its outcome is
 * known.
 */
export function useTicket(
  assetId: string,
  /** `isRepeat`: the order was sent before, and may have been placed then. */
  onPlaced: (placed: TicketPlaceOrderMutation, isRepeat: boolean) => void,
) {
  const { key, renew } = useCommandKey(`ticket:${assetId}`)
  const { saved, save, unansweredKey, isRestored } = useDraft(assetId)
  const { draft } = saved
  const { asset, quote, isTraded } = useMarket(assetId)
  const marketPrice = quote?.price
  const balances = useReading(TicketBalancesDocument, { id: assetId })
  const command = useCommand(TicketPlaceOrderDocument)
  const expiry = useExpiry(draft)
  const [reviewed, setReviewed] = useState<DraftedOrder>()
  const { drafted, draftKey, learnFee } = useDrafted(assetId, draft, {
    dayProblem: expiry.problem,
    marketPrice,
    lots: lotsOf(balances.data),
  })
  const order = reviewed ?? drafted.order
  const isSending = command.isRunning
  const isUnsettled = saved.sent !== null && !isSending
  const preview = usePreview({
    order: isUnsettled ? undefined : order,
    draftKey,
    marketPrice,
    isSending,
  })
  if (preview.fresh) learnFee(preview.fresh)
  const valueLimit = useLast(preview.fresh?.valueLimit)
  const portfolio = useSteady(balances.data?.me?.portfolio, isSending)

  const shown = withRefusal(preview, command.failure)

  // The order keeps its own key: that of the form may be a new one by now, with which it would be another order.
  const send = async (sent: SentOrder, sentKey: string) => {
    const isRepeat = saved.sent !== null
    save({ ...saved, sent, sentKey })
    const outcome = await command.run({ input: { ...sent, key: sentKey } })
    // The review stays open for a refusal that it can show.
    if (!outcome.failure || isOutcomeUnknown(outcome.failure) || isAtInput(outcome.failure)) {
      setReviewed(undefined)
    }
    if (outcome.failure) {
      if (isStillUnknown(outcome.failure, isRepeat) || unansweredKey() !== sentKey) return
      if (outcome.failure.code === 'IDEMPOTENCY_KEY_REUSED') renew()
      save({ ...saved, sent: null })
      // A refusal means that the ticket's balances may be outdated.
      balances.retry()
      preview.retry()
      return
    }
    // It may have been given up meanwhile, and the next one begun.
    if (unansweredKey() === sentKey) {
      renew()
      save({ ...saved, draft: startDraft(draft, draft.side), sent: null })
    }
    onPlaced(outcome.data, isRepeat)
  }
  const become = (next: Partial<SavedTicket>) => {
    command.forget()
    setReviewed(undefined)
    save({ ...saved, isCarried: false, ...next, sent: null })
  }

  return {
    draft,
    change: (change: Partial<Draft>) => become({ draft: { ...draft, ...change } }),
    /** `carries`: what was typed goes along, where nothing was begun on that side. */
    chooseSide: (side: OrderSide, carries: boolean) => become(turnTo(saved, side, carries)),
    chooseUnit: (unit: Draft['unit']) => become({ draft: withUnit(draft, unit, marketPrice) }),
    chooseType: (type: OrderType) => become({ draft: withType(draft, type, marketPrice) }),
    asset,
    balances,
    /** The balances before the order. */
    portfolio,
    marketPrice,
    /** The highest value of one order, once a preview has told it. */
    valueLimit,
    isRestored,
    clear: () => become({ draft: startDraft(draft, draft.side) }),
    expiry,
    order,
    ...shown,
    reason: reasonNotToReview(shown, drafted.missing, { isSending, isUnsettled, isTraded }),
    isReviewing: reviewed !== undefined,
    /** Fixes the order: the confirmed order is the reviewed one, whatever the market does meanwhile. */
    review: () => {
      command.forget()
      setReviewed(order)
    },
    endReview: () => {
      command.forget()
      setReviewed(undefined)
    },
    isTraded,
    isPlacing: isSending,
    isUnsettled,
    place: () =>
      order && preview.preview && preview.isPreviewCurrent
        ? send(toSend(order, preview.preview.price), key)
        : Promise.resolve(),
    unsettled: isUnsettled ? saved.sent : null,
    sendAgain: () => (saved.sent ? send(saved.sent, saved.sentKey ?? key) : Promise.resolve()),
    /** Stops waiting for the outcome; the orders page shows it. */
    startOver: () => {
      renew()
      become({ draft: startDraft(draft, draft.side) })
    },
  }
}

export type TicketState = ReturnType<typeof useTicket>
