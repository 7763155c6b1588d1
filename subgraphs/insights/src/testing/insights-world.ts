import { createMemoryCache } from '@cnop/kit/cache'
import { connect } from '@cnop/kit/dynamo'
import { type Actor, signCall } from '@cnop/kit/identity'
import { createLog } from '@cnop/kit/log'
import type { Platform } from '@cnop/kit/platform'
import type { Subgraph } from '@cnop/kit/subgraph'
import { type FakeClock, fakeClock } from '@cnop/kit/testing/fake-clock'
import { type FixedQuotes, fixedQuotes } from '@cnop/quotes/testing/fixed-quotes'
import { loadInsightsConfig } from '../config.ts'
import type { Insight } from '../domain/insight.ts'
import { serveInsights } from '../server.ts'
import type { FakeGemini } from './fake-gemini.ts'

const signingKey = { id: 'test', secret: 'a-secret-that-is-long-enough-for-a-signature' }

/** A portfolio as the router would send it along, after `@requires`. */
export interface Representation {
  readonly cash: { readonly posted: string; readonly held: string }
  readonly holdings: readonly { assetId: string; quantity: string; costBasis: string }[]
  readonly tradeFacts: readonly object[]
}

export interface Reply {
  readonly insight: Insight | null
  readonly code: string | undefined
}

export interface AskOptions {
  readonly username?: string
  readonly actor?: Actor | undefined
  readonly refresh?: boolean
  readonly portfolio?: object
}

export interface InsightsWorld {
  readonly subgraph: Subgraph
  readonly quotes: FixedQuotes
  readonly clock: FakeClock
  /** Every log line so far. */
  readonly lines: readonly string[]
  readonly ask: (options?: AskOptions) => Promise<Reply>
}

export interface WorldOptions {
  readonly gemini?: FakeGemini
  readonly env?: Readonly<Record<string, string>>
  readonly cache?: Platform['cache']
}

const query = `query Insight($representations: [_Any!]!, $refresh: Boolean!) {
  _entities(representations: $representations) { ... on Portfolio { username insight(refresh: $refresh) {
    summary engine model generatedAt isCached isPending degradedReason findings { kind severity text assetId }
  } } }
}`

/** 0.5 BTC bought for 25,000, now worth 30,000, beside 10,000 in cash. */
export const samplePortfolio: Representation = {
  cash: { posted: '10000.00', held: '0.00' },
  holdings: [{ assetId: 'BTC', quantity: '0.5', costBasis: '25000.00' }],
  tradeFacts: [
    {
      side: 'BUY',
      assetId: 'BTC',
      quantity: '0.5',
      total: '25000.00',
      createdAt: '2026-01-05T07:00:00.000Z',
    },
  ],
}

/** What a model might write about it. */
export const sampleText =
  'BTC makes up 75.0% of your portfolio. Your cash of $10,000.00 softens that a little.'

export const customer = (username: string): Actor => ({
  username,
  role: 'customer',
  sessionId: 's',
})

interface AnswerBody {
  readonly data?: { readonly _entities: readonly [{ readonly insight: Insight | null }] } | null
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[]
}

/** The service on a fake clock and fixed prices, asked like the router asks: signed, by `_entities`. */
export async function startInsightsWorld(options: WorldOptions = {}): Promise<InsightsWorld> {
  const { gemini, env } = options
  const clock = fakeClock()
  const lines: string[] = []
  const log = createLog(
    'test',
    { level: 'debug', filePath: undefined },
    { write: (line) => void lines.push(line) },
  )
  const quotes = fixedQuotes({ BTC: '60000', ETH: '3000' }, { now: clock.now })
  const config = loadInsightsConfig({
    INSIGHTS_SEAL_KEYS: `${signingKey.id}:${signingKey.secret}`,
    INSIGHTS_ANSWER_MS: '20000',
    GEMINI_RETRY_DELAY_MS: '1',
    GEMINI_MODEL: 'gemini-test',
    ...(gemini && { GOOGLE_GEMINI_API_KEY: gemini.apiKey, GEMINI_BASE_URL: gemini.baseUrl }),
    ...env,
  })
  const cache = options.cache ?? createMemoryCache(clock.now)
  // Prices are fixed, so the store is never called.
  const db = connect({ mode: 'embedded', region: 'us-west-2', endpoint: 'http://127.0.0.1:1' })
  const subgraph = await serveInsights(
    config,
    { db, cache, redis: undefined, now: clock.now, log },
    quotes,
  )

  async function ask(how: AskOptions = {}): Promise<Reply> {
    const username = how.username ?? 'alice_1'
    const actor = 'actor' in how ? how.actor : customer(username)
    const representation = {
      __typename: 'Portfolio',
      username,
      ...(how.portfolio ?? samplePortfolio),
    }
    const variables = { representations: [representation], refresh: how.refresh ?? false }
    const body = JSON.stringify({ query, variables })
    const identity = { requestId: 'req-1', actor, clientIp: undefined, userAgent: undefined }
    const headers = signCall(signingKey, { subgraph: 'insights', body, identity }, clock.now())
    const reply = await subgraph.handle({ headers, body })
    const { data, errors } = JSON.parse(reply.body) as AnswerBody
    return { insight: data?._entities[0].insight ?? null, code: errors?.[0]?.extensions.code }
  }

  return { subgraph, quotes, clock, lines, ask }
}
