import { coin, page, startMarketDataServer } from '@cnop/inventory/testing/market-data-server'

/** A market of a few assets whose prices a test decides. */
export interface TestMarket {
  /** What the platform must be started with to trade on it. */
  readonly env: Readonly<Record<string, string>>
  /** From the next tick on, an asset costs this much. */
  setPrice(assetId: string, price: number): void
  /** The next ticks have these prices, one each; then the last one again and again. */
  playPrices(assetId: string, prices: readonly number[]): void
  /** From the next tick on, an asset has these two prices by turns. */
  alternate(assetId: string, prices: readonly [number, number]): void
  /** From the next tick on, the market lists an asset no more. */
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

/** Speaks as the public market-data service does, several times a second. */
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
