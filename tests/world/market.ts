import { coin, page, startMarketDataServer } from '@cnop/inventory/testing/market-data-server'

/** A market of a few assets whose prices a test decides. */
export interface TestMarket {
  /** What the platform must be started with to trade on it. */
  readonly env: Readonly<Record<string, string>>
  /** From the next tick on, an asset costs this much. */
  setPrice(assetId: string, price: number): void
  stop(): Promise<void>
}

const names: Readonly<Record<string, string>> = { BTC: 'Bitcoin', ETH: 'Ethereum', SOL: 'Solana' }

const describe = ([assetId, price]: readonly [string, number], place: number) => {
  const name = names[assetId] ?? assetId
  return coin({
    id: name.toLowerCase(),
    symbol: assetId.toLowerCase(),
    name,
    image: null,
    market_cap_rank: place + 1,
    current_price: price,
    last_updated: new Date().toISOString(),
  })
}

/** Speaks as the public market-data service does, several times a second. */
export async function startTestMarket(
  prices: Readonly<Record<string, number>>,
): Promise<TestMarket> {
  const current = new Map(Object.entries(prices))
  const server = await startMarketDataServer()
  server.answer = () => page(...[...current].map(describe))
  return {
    env: {
      INVENTORY_FEED: 'coingecko',
      INVENTORY_FEED_URL: server.url,
      INVENTORY_FEED_INTERVAL_MS: '250',
    },
    setPrice: (assetId, price) => {
      current.set(assetId, price)
    },
    stop: () => server.stop(),
  }
}
