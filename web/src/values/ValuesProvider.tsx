import { createContext, type ReactNode, use, useMemo } from 'react'
import { type FeedState, useLivePrices, usePriceTable } from '../api/live-prices.ts'
import { type Reading, useReading } from '../api/reading.ts'
import { config } from '../config.ts'
import { ValuesPortfolioDocument } from '../generated/graphql.ts'
import { computeValues, type OwnedPortfolio, type Values } from './values.ts'

export type PageValues = {
  /** The state of the read; its data are the figures at the latest prices. */
  readonly reading: Reading<Values>
  readonly feed: FeedState
}

const ValuesContext = createContext<PageValues | undefined>(undefined)
const OwnedContext = createContext<OwnedPortfolio | undefined>(undefined)

const noIds: readonly string[] = []

/**
 * Reads the portfolio once for a whole page and values it at the prices of the latest tick. All panels below show these
 * figures, so that a page has one total.
 */
export function ValuesProvider({ children }: { children: ReactNode }) {
  const reading = useReading(ValuesPortfolioDocument, {}, { everyMs: config.valuesEveryMs })
  const portfolio = reading.data?.me?.portfolio
  const ids = useMemo(
    () => portfolio?.holdings.map(({ assetId }) => assetId) ?? noIds,
    [portfolio?.holdings],
  )
  const feed = useLivePrices(ids)
  const prices = usePriceTable()
  const data = useMemo(() => portfolio && computeValues(portfolio, prices), [portfolio, prices])
  const { failure, isLoading, retry } = reading
  const values = useMemo(
    () => ({ reading: { data, failure, isLoading, retry }, feed }),
    [data, failure, isLoading, retry, feed],
  )
  return (
    <OwnedContext value={portfolio}>
      <ValuesContext value={values}>{children}</ValuesContext>
    </OwnedContext>
  )
}

export function useValues(): PageValues {
  const values = use(ValuesContext)
  if (!values) throw new Error('useValues is used outside of ValuesProvider')
  return values
}

/** The portfolio as it was read, which no tick changes; undefined while it is unknown. */
export const useOwned = (): OwnedPortfolio | undefined => use(OwnedContext)
