import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { signCall } from '@cnop/kit/identity'
import { createLog } from '@cnop/kit/log'
import { price } from '@cnop/kit/money'
import { openPlatform } from '@cnop/kit/open-platform'
import type { OpenPlatform } from '@cnop/kit/platform'
import { openQuoteWriter } from '@cnop/quotes/writer'
import { loadInsightsConfig } from './config.ts'
import { createInsights } from './server.ts'
import { customer, samplePortfolio } from './testing/insights-world.ts'

const signingKey = { id: 'test', secret: 'a-secret-that-is-long-enough-for-a-signature' }
const directory = mkdtempSync(join(tmpdir(), 'insights-'))
const config = loadInsightsConfig({
  INSIGHTS_SEAL_KEYS: `${signingKey.id}:${signingKey.secret}`,
  DATA_DIRECTORY: directory,
})
let platform: OpenPlatform

beforeAll(async () => {
  platform = await openPlatform(
    config.store,
    createLog('test', { level: 'silent', filePath: undefined }),
  )
})

afterAll(async () => {
  await platform.close()
  rmSync(directory, { recursive: true, force: true })
})

it('takes its prices from where the market writes them', async () => {
  const subgraph = await createInsights(config, platform)
  const writer = await openQuoteWriter(platform, { table: config.tables.quotes })
  const quotedAt = new Date(platform.now()).toISOString()
  const quote = {
    assetId: 'BTC',
    quotedAt,
    isActive: true,
    name: 'Bitcoin',
    category: 'MAJOR' as const,
  }
  const quotes = [{ ...quote, price: price('60000'), dayAgoPrice: price('80000') }]
  await writer.publish({ tickedAt: quotedAt, quotes })

  const holdings = samplePortfolio.holdings.map((holding) => ({
    ...holding,
    dayChange: { amount: '-10000.00', base: '40000.00' },
  }))
  const representations = [
    { __typename: 'Portfolio', username: 'alice_1', ...samplePortfolio, holdings },
  ]
  const query =
    'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Portfolio { insight { summary } } } }'
  const body = JSON.stringify({ query, variables: { of: representations } })
  const identity = {
    requestId: 'req-1',
    actor: customer('alice_1'),
    clientIp: undefined,
    userAgent: undefined,
  }
  const headers = signCall(signingKey, { subgraph: 'insights', body, identity }, platform.now())
  const reply = await subgraph.handle({ headers, body })
  expect(await subgraph.health()).toEqual({ store: 'ok' })
  await writer.close()
  await subgraph.close()

  expect(reply.body).toContain('Your BTC lost 25.0% over the last 24 hours.')
})
