import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { createMemoryCache } from '@cnop/kit/cache'
import { type FakeGemini, startFakeGemini } from './testing/fake-gemini.ts'
import {
  customer,
  type InsightsWorld,
  samplePortfolio,
  sampleText,
  startInsightsWorld,
  type WorldOptions,
} from './testing/insights-world.ts'

const otherText = 'Most of your portfolio is BTC. Its gain of $5,000.00 is on paper only.'
const hourMs = 3_600_000

let gemini: FakeGemini
const worlds: InsightsWorld[] = []

async function start(options: WorldOptions = { gemini }): Promise<InsightsWorld> {
  const world = await startInsightsWorld(options)
  worlds.push(world)
  return world
}

beforeEach(async () => {
  gemini = await startFakeGemini()
  gemini.answer({ text: sampleText })
})

afterEach(async () => {
  await Promise.all(worlds.splice(0).map(({ subgraph }) => subgraph.close()))
  await gemini.close()
})

describe('an insight by the language model', () => {
  it('shows its text beside the findings, and says who wrote it and when', async () => {
    const { ask } = await start()
    expect(await ask()).toEqual({
      code: undefined,
      insight: {
        summary: sampleText,
        engine: 'GEMINI',
        model: 'gemini-test',
        generatedAt: '2026-01-05T10:00:00.000Z',
        isCached: false,
        isPending: false,
        degradedReason: null,
        findings: [
          {
            kind: 'CONCENTRATION',
            severity: 'WARNING',
            text: 'BTC makes up 75.0% of your portfolio.',
            assetId: 'BTC',
          },
          {
            kind: 'UNREALISED_GAIN',
            severity: 'INFO',
            text: 'BTC is worth $5,000.00 (20.0%) more than you paid for it.',
            assetId: 'BTC',
          },
        ],
      },
    })
  })

  it('calls the model that is configured with the key, and sends it nothing about whose portfolio it is', async () => {
    const { ask } = await start()
    await ask({ username: 'walter_white' })
    const call = await gemini.called(1)
    expect(call).toMatchObject({
      path: '/v1beta/models/gemini-test:generateContent',
      apiKey: 'fake-key',
    })
    expect(call.body).toContain('$30,000.00')
    expect(call.body).not.toMatch(/walter|white|req-1/i)
    expect(JSON.parse(call.body)).toMatchObject({ systemInstruction: { role: 'system' } })
  })

  it('never logs the key or the text', async () => {
    const { ask, lines } = await start()
    await ask()
    gemini.answer({ status: 403 })
    await ask({ refresh: true })
    expect(lines.join('')).toContain('insight.written')
    expect(lines.join('')).toContain('insight.failed')
    expect(lines.join('')).not.toMatch(/fake-key|softens/)
  })

  it('retries once after a failure', async () => {
    const { ask } = await start()
    gemini.answer({ status: 503 }, { text: sampleText })
    expect((await ask()).insight?.engine).toBe('GEMINI')
    expect(gemini.calls).toHaveLength(2)
  })

  it('omits the model’s thoughts', async () => {
    const { ask } = await start()
    gemini.answer({ parts: [{ text: 'Let me see: 99%.', thought: true }, { text: sampleText }] })
    expect((await ask()).insight?.summary).toBe(sampleText)
  })
})

describe('the cache', () => {
  it('keeps a text for a day, whatever the prices do in small', async () => {
    const { ask, quotes, clock } = await start()
    const first = await ask()
    quotes.set('BTC', '61234.56')
    clock.advance(24 * hourMs)
    const later = await ask()
    expect(later.insight).toMatchObject({ summary: sampleText, engine: 'GEMINI', isCached: true })
    expect(later.insight?.generatedAt).toBe(first.insight?.generatedAt)
    clock.advance(1)
    expect((await ask()).insight?.isCached).toBe(false)
    expect(gemini.calls).toHaveLength(2)
  })

  it('shows the findings of now beside a text that was kept', async () => {
    const { ask, quotes } = await start()
    await ask()
    quotes.set('BTC', '61000')
    expect((await ask()).insight?.findings[0]?.text).toBe('BTC makes up 75.3% of your portfolio.')
  })

  it('is passed over by a refresh, whose text is kept instead', async () => {
    const { ask } = await start()
    await ask()
    gemini.answer({ text: otherText })
    expect((await ask({ refresh: true })).insight).toMatchObject({
      summary: otherText,
      isCached: false,
    })
    expect((await ask()).insight).toMatchObject({ summary: otherText, isCached: true })
  })

  it('does not show a text from before a crash', async () => {
    const { ask, quotes } = await start()
    await ask()
    quotes.set('BTC', '50000')
    await ask()
    expect(gemini.calls).toHaveLength(2)
  })

  it('is not shared between users, nor between different positions', async () => {
    const { ask } = await start()
    await ask()
    await ask({ username: 'bobby_2' })
    await ask({ portfolio: { ...samplePortfolio, cash: { posted: '11000.00', held: '0.00' } } })
    expect(gemini.calls).toHaveLength(3)
  })

  it('is shared between processes', async () => {
    const cache = createMemoryCache(() => 0)
    const [one, other] = [await start({ gemini, cache }), await start({ gemini, cache })]
    await one.ask()
    expect((await other.ask()).insight?.isCached).toBe(true)
  })

  it('may fail or contain invalid entries', async () => {
    const cache = createMemoryCache(() => 0)
    const broken = () => Promise.reject(new Error('down'))
    const down = await start({ gemini, cache: { ...cache, get: broken, set: broken } })
    expect((await down.ask()).insight?.engine).toBe('GEMINI')
    const odd = await start({
      gemini,
      cache: { ...cache, get: () => Promise.resolve('{"text":1}') },
    })
    expect((await odd.ask()).insight).toMatchObject({ engine: 'GEMINI', isCached: false })
  })

  it('does not keep what the rules wrote', async () => {
    const { ask } = await start()
    gemini.answer({ status: 403 })
    await ask()
    gemini.answer({ text: sampleText })
    expect((await ask()).insight?.engine).toBe('GEMINI')
  })
})

describe('an insight without a language model', () => {
  it('is written by the rules, which degrades nothing', async () => {
    const { ask } = await start({})
    const { insight } = await ask()
    expect(insight).toMatchObject({
      engine: 'RULES',
      model: null,
      degradedReason: null,
      isPending: false,
    })
  })

  it('is an error where the rules may not replace it', async () => {
    const { ask } = await start({ env: { INSIGHTS_FALLBACK: 'false' } })
    expect((await ask()).code).toBe('INSIGHTS_UNAVAILABLE')
  })

  it.each(['true', 'false'])(
    'greets an empty portfolio without a call, with fallback %s',
    async (fallback) => {
      const { ask } = await start({ gemini, env: { INSIGHTS_FALLBACK: fallback } })
      const portfolio = { cash: { posted: '0.00', held: '0.00' }, holdings: [], tradeFacts: [] }
      const { insight } = await ask({ portfolio })
      expect(insight).toMatchObject({
        engine: 'RULES',
        degradedReason: null,
        findings: [{ kind: 'EMPTY' }],
      })
      expect(insight?.summary).toMatch(/^There is nothing in your portfolio yet\. Deposit/)
      expect(gemini.calls).toHaveLength(0)
    },
  )

  it('does not ask a model about holdings that have no price', async () => {
    const { ask, quotes } = await start()
    quotes.remove('BTC')
    const portfolio = { ...samplePortfolio, cash: { posted: '0.00', held: '0.00' } }
    expect((await ask({ portfolio })).insight?.summary).toContain('no')
    expect(gemini.calls).toHaveLength(0)
  })
})

describe('a portfolio', () => {
  it.each([
    ['refuses a caller without a user', undefined, 'UNAUTHENTICATED'],
    ['refuses someone else', customer('mallory'), 'FORBIDDEN'],
    ['lets an administrator in', { ...customer('root_admin'), role: 'admin' as const }, undefined],
  ])('%s', async (_name, actor, code) => {
    const { ask } = await start()
    const reply = await ask({ actor })
    expect(reply.code).toBe(code)
    expect(gemini.calls).toHaveLength(code ? 0 : 1)
  })

  it.each([
    ['missing', {}],
    ['null', { cash: null, holdings: null, tradeFacts: null }],
    ['broken', { ...samplePortfolio, cash: { posted: '1.234', held: '0' } }],
  ])('whose facts are %s gets no insight', async (_name, portfolio) => {
    const { ask } = await start()
    expect(await ask({ portfolio })).toEqual({ insight: null, code: 'INSIGHTS_UNAVAILABLE' })
  })
})
