import { coin, page, startMarketDataServer } from '@cnop/inventory/testing/market-data-server'

/** A market of a few assets with prices that a test sets. */
export interface TestMarket {
  /** The variables with which the platform uses this market. */
  readonly env: Readonly<Record<string, string>>
  /** Sets the price of an asset from the next tick on. */
  setPrice(assetId: string, price: number): void
  /** Sets the prices of the next ticks, one each; the last one repeats. */
  playPrices(assetId: string, prices: readonly number[]): void
  /** Alternates between two prices from the next tick on. */
  alternate(assetId: string, prices: readonly [number, number]): void
  /** Removes an asset from the market from the next tick on. */
  remove(assetId: string): void
  stop(): Promise<void>
}

const names: Readonly<Record<string, string>> = { BTC: 'Bitcoin', ETH: 'Ethereum', SOL: 'Solana' }

const endless = (price: number) => (): number => price

const describe = ([assetId, price]: readonly [string, number], place: number) => {
  const name = names[assetId] ?? assetId
  return coin({
    id: name.toLowerCase(),
    symbol: assetId.toLowerCase(),
    name,
    image: null,
    market_cap_rank: place + 1,
    current_price: price,
    sparkline_in_7d: null,
    last_updated: new Date().toISOString(),
  })
}

/** Imitates the public market-data service, with several ticks per second. */
export async function startTestMarket(
  prices: Readonly<Record<string, number>>,
): Promise<TestMarket> {
  const coming = new Map(
    Object.entries(prices).map(([assetId, price]) => [assetId, endless(price)]),
  )
  const server = await startMarketDataServer()
  server.answer = () =>
    page(...[...coming].map(([assetId, next]) => [assetId, next()] as const).map(describe))
  return {
    env: {
      INVENTORY_FEED: 'coingecko',
      INVENTORY_FEED_URL: server.url,
      INVENTORY_FEED_INTERVAL_MS: '250',
    },
    setPrice: (assetId, price) => void coming.set(assetId, endless(price)),
    playPrices: (assetId, played) => {
      const left = [...played]
      coming.set(assetId, () => (left.length > 1 ? left.shift() : left[0]) ?? 0)
    },
    alternate: (assetId, [one, other]) => {
      let count = 0
      coming.set(assetId, () => ((count += 1) % 2 === 1 ? one : other))
    },
    remove: (assetId) => void coming.delete(assetId),
    stop: () => server.stop(),
  }
}
