import type { Clock } from '@cnop/kit/clock'
import type { Listing } from '../domain/asset.ts'
import { type Page, parsePage } from './coingecko-format.ts'
import { FeedUnavailable, type KnownListing, type MarketFeed } from './market-feed.ts'

export interface CoingeckoFeedOptions {
  /** The address below which "coins/markets" is. */
  readonly url: string
  /** Absent: the free tier. */
  readonly apiKey: string | undefined
  /** Pages of 250 assets. */
  readonly pages: number
  readonly intervalMs: number
  readonly timeoutMs: number
  readonly now: Clock
}

const perPage = 250
const maxPageBytes = 8 * 1024 * 1024

/** The public market-data service, within its rate limit. */
export function createCoingeckoFeed(options: CoingeckoFeedOptions): MarketFeed {
  const { now, pages, intervalMs } = options
  const backOff = createBackOff()

  /** All pages or none: a partial market would delist assets. */
  async function readPages(traded: readonly KnownListing[]): Promise<readonly Listing[]> {
    const tickers = new Map(traded.map(({ sourceId, assetId }) => [sourceId, assetId]))
    const listings: Listing[] = []
    for (let page = 1; page <= pages; page++) {
      const found = await readPage(options, { page: String(page) }, tickers)
      if (found.listings.length === 0 && page === 1) {
        throw new FeedUnavailable('The market is empty.')
      }
      listings.push(...found.listings)
      if (found.entries === 0) break
    }
    return [...listings, ...(await readMissing(traded, { listings, tickers }))]
  }

  /** Looks up by their ids the traded coins that the pages lack: a page was cut off, or their rank fell behind it. */
  async function readMissing(
    traded: readonly KnownListing[],
    { listings, tickers }: { listings: readonly Listing[]; tickers: ReadonlyMap<string, string> },
  ): Promise<readonly Listing[]> {
    const found = new Set(listings.map(({ sourceId }) => sourceId))
    const missing = traded.filter(({ sourceId }) => !found.has(sourceId)).slice(0, perPage)
    if (missing.length === 0) return []
    const ids = missing.map(({ sourceId }) => sourceId).join(',')
    const answer = await readPage(options, { ids, page: '1' }, tickers)
    return answer.listings.filter(({ sourceId }) => !found.has(sourceId))
  }

  return {
    description: { feed: 'coingecko' },
    intervalMs,
    needsRecording: true,
    read: async (traded = []) => {
      const waitMs = backOff.remainingMs(now())
      if (waitMs > 0) throw new FeedUnavailable(`The feed is left alone for ${waitMs} ms more.`)
      try {
        const listings = await readPages(traded)
        backOff.succeeded()
        return listings
      } catch (error) {
        backOff.failed(now(), error instanceof Refused ? error.askedMs : 0)
        throw asUnavailable(error)
      }
    },
  }
}

async function readPage(
  options: CoingeckoFeedOptions,
  choice: Choice,
  tickers: ReadonlyMap<string, string>,
): Promise<Page> {
  const nowMs = options.now()
  const response = await ask(options, choice)
  if (!response.ok) {
    await response.body?.cancel()
    const askedMs = retryAfterMs(response.headers.get('retry-after'), nowMs)
    throw new Refused(`The market-data service answered ${response.status}.`, askedMs)
  }
  return parsePage(await readText(response, maxPageBytes), { nowMs, tickers })
}

class Refused extends FeedUnavailable {
  readonly askedMs: number

  constructor(message: string, askedMs: number) {
    super(message)
    this.askedMs = askedMs
  }
}

function asUnavailable(error: unknown): FeedUnavailable {
  if (error instanceof FeedUnavailable) return error
  const isTimeout = (error as { readonly name?: unknown } | null)?.name === 'TimeoutError'
  const reason = isTimeout ? 'did not answer in time' : 'could not be reached'
  return new FeedUnavailable(`The market-data service ${reason}.`, { cause: error })
}

/** Which coins of the market. */
type Choice = Readonly<Record<'page', string>> & Partial<Readonly<Record<'ids', string>>>

function ask(options: CoingeckoFeedOptions, choice: Choice): Promise<Response> {
  const { url, apiKey, timeoutMs } = options
  const target = new URL(`${url.replace(/\/+$/, '')}/coins/markets`)
  target.search = new URLSearchParams({
    vs_currency: 'usd',
    order: 'market_cap_desc',
    per_page: String(perPage),
    ...choice,
    sparkline: 'true',
    price_change_percentage: '7d,30d',
    precision: 'full',
  }).toString()
  return fetch(target, {
    headers: { accept: 'application/json', ...keyHeader(target, apiKey) },
    // A key must not follow a redirect to another host.
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  })
}

/** Paid keys have their own host and their own header. */
function keyHeader({ hostname }: URL, apiKey: string | undefined): Record<string, string> {
  if (apiKey === undefined) return {}
  return { [hostname.startsWith('pro-') ? 'x-cg-pro-api-key' : 'x-cg-demo-api-key']: apiKey }
}

/** Reads a body up to a size; a larger one is refused while it is still coming. */
async function readText(response: Response, maxBytes: number): Promise<string> {
  if (!response.body) return ''
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > maxBytes) throw new FeedUnavailable('The market-data service sent too much.')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const firstPauseMs = 5_000
const longestPauseMs = 300_000
/** Caps the pause that a provider requests. */
const longestAskedMs = 3_600_000

/** When a provider may be asked again: the pause doubles with every failure in a row. */
interface BackOff {
  /** The remaining pause; 0 when a call is allowed. */
  remainingMs(nowMs: number): number
  failed(nowMs: number, askedMs?: number): void
  succeeded(): void
}

function createBackOff(): BackOff {
  let failures = 0
  let freeAtMs = 0
  return {
    remainingMs: (nowMs) => Math.max(0, freeAtMs - nowMs),
    failed: (nowMs, askedMs = 0) => {
      const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(failures, 10))
      failures += 1
      freeAtMs = nowMs + Math.max(pauseMs, Math.min(askedMs, longestAskedMs))
    },
    succeeded: () => {
      failures = 0
      freeAtMs = 0
    },
  }
}

/** Reads `Retry-After`: seconds, or a date. */
function retryAfterMs(header: string | null, nowMs: number): number {
  if (header === null) return 0
  if (/^\d{1,9}$/.test(header.trim())) return parseInt(header, 10) * 1_000
  const atMs = Date.parse(header)
  return atMs > nowMs ? atMs - nowMs : 0
}
