import { useDebouncedValue } from '@mantine/hooks'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { useReading } from '../api/reading.ts'
import { useIsOffline } from '../api/use-is-offline.ts'
import { config } from '../config.ts'
import { TicketPreviewDocument, type TicketPreviewQuery } from '../generated/graphql.ts'
import { i18n } from '../i18n.ts'
import type { DraftedOrder } from './amounts.ts'

export type Preview = NonNullable<TicketPreviewQuery['previewOrder']>

const noOrder: DraftedOrder = { assetId: '', side: 'BUY', type: 'MARKET' }

type MarketQuote = { readonly price: string; readonly quotedAt: string }

/** Whether this request was answered since it was made; nothing is requested without a key. */
function useAnswered(key: string | undefined, hasAnswer: boolean): boolean {
  const [answered, setAnswered] = useState<string>()
  const isAnswered = key !== undefined && (answered === key || hasAnswer)
  const next = isAnswered ? key : undefined
  if (answered !== next) setAnswered(next)
  return isAnswered
}

/**
 * The preview of this exact order, requested after a pause in typing and when the market moves. An answer from before
 * the pause, or from the cache, may be minutes old: it does not count.
 */
function useFreshPreview(order: DraftedOrder | undefined, marketPrice: string | undefined) {
  const current = JSON.stringify(order ?? null)
  const [settled] = useDebouncedValue(current, config.previewDelayMs)
  const isSettled = settled === current && order !== undefined
  const { data, failure, isLoading, retry } = useReading(
    TicketPreviewDocument,
    { input: order ?? noOrder },
    { pause: !isSettled, everyMs: config.valuesEveryMs },
  )
  const isAnswered = useAnswered(isSettled ? current : undefined, !isLoading && !failure)
  // One request at a time: where each tick replaced the request of the last one, none would be answered.
  const followed = useRef(marketPrice)
  const follow = useEffectEvent(() => {
    if (isLoading || followed.current === marketPrice) return
    followed.current = marketPrice
    if (isSettled && data?.previewOrder && data.previewOrder.price !== marketPrice) retry()
  })
  useEffect(() => follow(), [marketPrice, isLoading])
  return {
    fresh: isAnswered && !failure ? data?.previewOrder : undefined,
    failure: isSettled ? failure : undefined,
    retry,
  }
}

/** The latest quotes that the page has seen, newest first. */
function useSeenQuotes(quote: MarketQuote | undefined): readonly MarketQuote[] {
  const [seen, setSeen] = useState<readonly MarketQuote[]>([])
  if (!quote || seen[0]?.quotedAt === quote.quotedAt) return seen
  const next = [quote, ...seen].slice(0, 10)
  setSeen(next)
  return next
}

/** The market price from which a preview was computed. The preview of a waiting order returns what it waits for instead. */
function marketPriceOf(
  { outcome, price, quotedAt }: Preview,
  seen: readonly MarketQuote[],
): string | undefined {
  if (outcome === 'FILL' || outcome === 'PART') return price
  return (seen.find((quote) => quote.quotedAt === quotedAt) ?? seen[0])?.price
}

type Kept = {
  readonly draftKey: string
  readonly preview: Preview
  /** The market price of the preview; the live price may be a tick ahead of it. */
  readonly previewMarketPrice: string | undefined
}

const nothing: Partial<Kept> = {}

/** The last preview of this draft. Another draft forgets it, so that it cannot return minutes later. */
function useKept(draftKey: string, fresh: Omit<Kept, 'draftKey'> | undefined): Partial<Kept> {
  const [last, setLast] = useState<Kept>()
  const kept = last?.draftKey === draftKey ? last : undefined
  if (fresh && kept?.preview !== fresh.preview) setLast({ draftKey, ...fresh })
  else if (last !== kept) setLast(undefined)
  return kept ?? nothing
}

type Previewed = {
  readonly order: DraftedOrder | undefined
  readonly draftKey: string
  readonly quote: MarketQuote | undefined
  readonly isSending: boolean
}

/**
 * The preview to show, with the market price of its own moment. While only the market moves, and while the order is in
 * flight, the last one remains. `isPreviewCurrent` is true if it belongs to this exact order.
 */
export function usePreview({ order, draftKey, quote, isSending }: Previewed) {
  const { fresh, failure, retry } = useFreshPreview(isSending ? undefined : order, quote?.price)
  const seen = useSeenQuotes(quote)
  const kept = useKept(
    draftKey,
    fresh ? { preview: fresh, previewMarketPrice: marketPriceOf(fresh, seen) } : undefined,
  )
  const { preview, previewMarketPrice } = order ? kept : nothing
  const isPreviewCurrent = fresh !== undefined
  /** What a missing preview waits for. */
  const awaited = useIsOffline()
    ? i18n.t('Waiting for the connection, to work out what the order would do.')
    : i18n.t('Working out what the order would do.')
  return { fresh, preview, previewMarketPrice, isPreviewCurrent, failure, retry, awaited }
}
