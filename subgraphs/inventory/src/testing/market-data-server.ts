import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What the server was asked. */
export interface Asked {
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly headers: IncomingHttpHeaders
}

export interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Never answers, until the client gives up. */
  readonly hangs?: boolean
}

/** A server that speaks the public market-data API. `answer` may be replaced at any time. */
export interface MarketDataServer {
  readonly url: string
  readonly asked: Asked[]
  answer: (asked: Asked) => Answer
  stop(): Promise<void>
}

export async function startMarketDataServer(): Promise<MarketDataServer> {
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    const query = Object.fromEntries(searchParams)
    const question = { path: pathname, query, headers: request.headers }
    asked.push(question)
    const { status = 200, headers, body = '[]', hangs } = market.answer(question)
    if (hangs) return
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
    response.end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const market: MarketDataServer = {
    url: `http://127.0.0.1:${port}/api/v3`,
    asked,
    answer: () => ({}),
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return market
}

/** A coin as "coins/markets" describes it. */
export function coin(facts: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    id: 'bitcoin',
    symbol: 'btc',
    name: 'Bitcoin',
    image: 'https://coin-images.example/1/large/bitcoin.png',
    current_price: 70187,
    market_cap: 1381651251183,
    market_cap_rank: 1,
    fully_diluted_valuation: 1474623675796,
    total_volume: 20154184933,
    high_24h: 70215,
    low_24h: 68060,
    price_change_24h: 2126.88,
    price_change_percentage_24h: 3.12502,
    market_cap_change_24h: 44287678051,
    market_cap_change_percentage_24h: 3.31157,
    circulating_supply: 19675987.0,
    total_supply: 21000000.0,
    max_supply: 21000000.0,
    ath: 73738,
    ath_change_percentage: -4.77063,
    ath_date: '2024-03-14T07:10:36.635Z',
    atl: 67.81,
    atl_change_percentage: 103455.83335,
    atl_date: '2013-07-06T00:00:00.000Z',
    roi: null,
    last_updated: '2026-01-05T09:59:31.736Z',
    sparkline_in_7d: { price: [57812.96915967891, 57504.33531773738] },
    price_change_percentage_7d_in_currency: 12.5,
    price_change_percentage_30d_in_currency: -20,
    ...facts,
  }
}

/** A page of coins as the server would send it. */
export const page = (...coins: readonly unknown[]): Answer => ({ body: JSON.stringify(coins) })
