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
    if (isSettled && data?.previewOrder && data.previewOrder.midPrice !== marketPrice) retry()
  })
  useEffect(() => follow(), [marketPrice, isLoading])
  return {
    fresh: isAnswered && !failure ? data?.previewOrder : undefined,
    failure: isSettled ? failure : undefined,
    retry,
  }
}

type Kept = {
  readonly draftKey: string
  readonly preview: Preview
}

const nothing: Partial<Kept> = {}

/** The last preview of this draft. Another draft forgets it, so that it cannot return minutes later. */
function useKept(draftKey: string, fresh: Preview | undefined): Partial<Kept> {
  const [last, setLast] = useState<Kept>()
  const kept = last?.draftKey === draftKey ? last : undefined
  if (fresh && kept?.preview !== fresh) setLast({ draftKey, preview: fresh })
  else if (last !== kept) setLast(undefined)
  return kept ?? nothing
}

type Previewed = {
  readonly order: DraftedOrder | undefined
  readonly draftKey: string
  readonly marketPrice: string | undefined
  readonly isSending: boolean
}

/**
 * The preview to show. While only the market moves, and while the order is in
 * flight, the last one remains. `isPreviewCurrent` is true if it belongs to this exact order.
 */
export function usePreview({ order, draftKey, marketPrice, isSending }: Previewed) {
  const { fresh, failure, retry } = useFreshPreview(isSending ? undefined : order, marketPrice)
  const kept = useKept(draftKey, fresh ?? undefined)
  const { preview } = order ? kept : nothing
  const isPreviewCurrent = fresh !== undefined
  /** What a missing preview waits for. */
  const awaited = useIsOffline()
    ? i18n.t('Waiting for the connection, to work out what the order would do.')
    : i18n.t('Working out what the order would do.')
  return { fresh, preview, isPreviewCurrent, failure, retry, awaited }
}
