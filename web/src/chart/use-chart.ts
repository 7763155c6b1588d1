import { useEffect, useEffectEvent, useMemo, useState } from 'react'
import { useLivePrice } from '../api/live-prices.ts'
import { useReading } from '../api/reading.ts'
import { useUsername } from '../api/SessionProvider.tsx'
import {
  ChartCandlesDocument,
  ChartMarksDocument,
  type ChartMarksQuery,
} from '../generated/graphql.ts'
import { type Candle, carryOn, rangeOf, type Stretch, widen } from './candles.ts'
import type { Compared } from './draw.ts'
import type { Mine } from './marks.ts'

const mineEveryMs = 30_000

type Me = NonNullable<ChartMarksQuery['me']>

const nothing: Mine = { fills: [], open: [], alerts: [], averageCost: null }

/** Each part may have failed on its own. */
const mineOf = ({ orders, portfolio, priceAlerts }: Me, id: string): Mine => ({
  fills: portfolio.activity.nodes,
  open: orders?.nodes ?? [],
  alerts: priceAlerts?.filter(({ asset, status }) => asset.id === id && status === 'ACTIVE') ?? [],
  averageCost: portfolio.holding?.averageCost ?? null,
})

/** The marks are optional: the chart is usable without them, so their failure is not shown here. */
export function useMine(id: string): Mine {
  const isSignedIn = useUsername() !== ''
  const options = { pause: !isSignedIn, everyMs: mineEveryMs }
  const me = useReading(ChartMarksDocument, { id }, options).data?.me
  return useMemo(() => (me ? mineOf(me, id) : nothing), [me, id])
}

type Quote = { readonly price: string; readonly quotedAt: string } | null

export type ChartedAsset = { readonly id: string; readonly name: string; readonly quote: Quote }

/** The candles of a stretch, up to the displayed price. When that begins a candle, `onAhead` is called. */
export function useCandles(loaded: Loaded, now: Quote | undefined, onAhead: () => void) {
  const { candles, interval } = loaded
  const read = useMemo(() => widen(candles, interval), [candles, interval])
  const shown = useMemo(() => carryOn(read, now ?? undefined, interval), [read, now, interval])
  const isAhead = shown.length > read.length
  const tell = useEffectEvent(onAhead)
  useEffect(() => {
    if (isAhead) tell()
  }, [isAhead])
  return { read, shown }
}

export type Loaded = Stretch & { readonly candles: readonly Candle[] }

/** The candles of the last stretch that could be read, so that the chart stays while another one is on its way. */
export function useLoaded(id: string, { range, interval }: Stretch) {
  const { everyMs } = rangeOf(range)
  const reading = useReading(ChartCandlesDocument, { id, range }, { everyMs })
  const candles = reading.data?.asset.candles
  const [kept, setKept] = useState<Loaded>()
  const isNew = candles && (candles !== kept?.candles || interval !== kept.interval)
  if (isNew) setKept({ range, interval, candles })
  return { reading, loaded: isNew ? { range, interval, candles } : kept }
}

const noCandles: readonly Candle[] = []

/** Another asset over the same stretch, live as well. */
export function useCompared(id: string | null, { range, interval }: Stretch): Compared {
  const { everyMs } = rangeOf(range)
  const options = { pause: id === null, everyMs }
  const { data } = useReading(ChartCandlesDocument, { id: id ?? '', range }, options)
  const now = useLivePrice(id ?? '', null)
  const candles = data?.asset.candles ?? noCandles
  return useMemo(
    () =>
      id === null ? undefined : { id, candles: carryOn(widen(candles, interval), now, interval) },
    [id, candles, now, interval],
  )
}
