import { beforeAll, describe, expect, it } from '@jest/globals'
import { Readable } from 'node:stream'
import type { AddressInfo } from 'node:net'
import express from 'express'
import fc from 'fast-check'
import { buildSchema, type GraphQLEnumType } from 'graphql'
import { parsePrice, parseQuantity, parseUsd } from '@cnop/kit/money'
import { readAddress, readName } from '@cnop/kit/personal-data'
import { apiSchema } from '@cnop/schema/read'
import { wordsIn } from '../../router/src/export/words.ts'
import { type PdfLayout, writePdf } from '../../router/src/export/write-pdf.ts'
import { tradeFactLimit } from '../../subgraphs/insights/src/domain/facts.ts'
import { findWhatStandsOut } from '../../subgraphs/insights/src/domain/findings.ts'
import { writeRulesText } from '../../subgraphs/insights/src/domain/rules-text.ts'
import {
  sampleFigures,
  sampleNowMs,
  type Sample,
} from '../../subgraphs/insights/src/testing/sample-portfolio.ts'
import { notifyOfAlert, notifyOfEnd } from '../../subgraphs/inventory/src/domain/notification.ts'
import type { PriceAlert } from '../../subgraphs/inventory/src/domain/price-alert.ts'
import type { Order, OrderType } from '../../subgraphs/order/src/domain/order.ts'
import {
  notifyOfOrder,
  notifyOfRun,
  type OrderNotificationKind,
  orderNotificationKinds,
} from '../../subgraphs/order/src/domain/order-notification.ts'
import { largeListings } from '../../subgraphs/quotes/src/simulation/listings-large.ts'
import { smallListings } from '../../subgraphs/quotes/src/simulation/listings-small.ts'
import { reasonsOfServices, sentencesOfServices } from './service-words.ts'
import { assetWords } from '../../web/src/api/asset-words.ts'
import { textsOf } from '../world/pdf.ts'
import type { RecurringOrder } from '../../subgraphs/order/src/domain/recurring-order.ts'

type Words = { readonly serverWords: (text: string) => string }
let serverWords: Words['serverWords']

/** What the language is read from and written to. */
const browser = {
  document: { documentElement: {} },
  localStorage: { getItem: () => 'zh-CN' },
  navigator: { languages: [] },
}

beforeAll(async () => {
  for (const [name, value] of Object.entries(browser)) {
    Object.defineProperty(globalThis, name, { value, configurable: true })
  }
  // By a variable: the types of the browser are the dashboard's own.
  const file = '../../web/src/api/server-words.ts'
  ;({ serverWords } = (await import(file)) as Words)
})

/** Chinese, with tickers, figures, names of inputs and abbreviations. */
const isChinese = (text: string): boolean =>
  /\p{Script=Han}/u.test(text) &&
  !/[A-Za-z]{2}/.test(
    text
      .replace(/@example\.com|Europe\/Berlin|\b(?:BTC|ETH|1INCH|SOL|USDC|DOGE|OCO|ada)\b/g, '')
      .replace(/\b(?:[a-z]+[A-Z]\w*|quantity|to|rec_|REST|RFC|ASCII|GTC|GTD|DAY|FIFO|HIFO)\b/g, ''),
  )

const untranslated = (texts: readonly string[]): readonly string[] =>
  texts.map(serverWords).filter((text) => !isChinese(text))

const at = '2026-11-21T09:15:07.000Z'
const order = (more: Partial<Order>): Order => ({
  ...{ id: 'ord_1', username: 'alice1', assetId: 'BTC', side: 'BUY', type: 'LIMIT' },
  ...{ status: 'COMPLETED', quantity: parseQuantity('0.5'), price: parsePrice('64000.5') },
  ...{ quoteAmount: undefined, feeBasisPoints: 10n, limitPrice: undefined, quotedAt: undefined },
  ...{
    total: undefined,
    fee: undefined,
    heldCash: undefined,
    reason: undefined,
    expiresAt: undefined,
  },
  ...{ createdAt: at, updatedAt: at, entrySequences: [] },
  ...more,
})

const types: readonly OrderType[] = [
  ...(['MARKET', 'LIMIT', 'STOP', 'STOP_LIMIT', 'TRAILING_STOP', 'OCO'] as const),
]
const triggered = { triggeredAt: at, triggerPrice: parsePrice('63000') }
const inPart = { status: 'PARTIALLY_FILLED', filledQuantity: parseQuantity('0.1') } as const
const ofTwoLimits = { fillCount: 2, stopLimitPrice: parsePrice('62000') }
const takeProfitPrice = parsePrice('70000')
const stopLossPrice = parsePrice('60000')
const withExits = [{ takeProfitPrice, stopLossPrice }, { takeProfitPrice }, { stopLossPrice }].map(
  (exits) => ({ exitOrderId: 'ord_2', ...exits }),
)
const reasonOf = (kind: OrderNotificationKind): string =>
  kind === 'ORDER_CANCELLED'
    ? 'BTC was delisted.'
    : 'The market was beyond what the order had set aside when it was triggered.'

const alert = (more: Partial<PriceAlert>): PriceAlert =>
  ({
    ...{ id: 'alr_1', username: 'alice1', assetId: 'BTC', direction: 'ABOVE', status: 'ACTIVE' },
    ...{ price: parsePrice('70000'), createdAt: at },
    ...more,
  }) as PriceAlert
const moves = { changeBasisPoints: 250, referencePrice: parsePrice('68000') }

const run = (more: Partial<RecurringOrder['runs'][number]>): RecurringOrder =>
  ({
    ...{ username: 'alice1', assetId: 'BTC', amount: parseUsd('50.00') },
    runs: [{ date: '2026-11-02', dueAt: at, at, outcome: 'SKIPPED', ...more }],
  }) as unknown as RecurringOrder

const worths = fc.integer({ min: 0, max: 900_000 }).map((cents) => (cents / 100).toFixed(2))
const samples: fc.Arbitrary<Sample> = fc.record({
  cash: worths,
  held: worths,
  assets: fc.dictionary(
    fc.constantFrom('BTC', 'ETH', '1INCH', 'SOL', 'USDC', 'DOGE'),
    fc.record({ worth: worths, dayAgo: worths, paid: worths, isStable: fc.boolean() }),
  ),
  trades: fc.array(fc.record({ minutesAgo: fc.integer({ min: 1, max: 5_000 }), total: worths }), {
    maxLength: tradeFactLimit,
  }),
})

const asset = (worth: string) => ({ worth, dayAgo: worth, paid: worth, isStable: false })
const busy = Array.from({ length: tradeFactLimit }, () => ({ minutesAgo: 1, total: '1.00' }))

/** What hardly ever comes up by chance: nothing at all, no prices, nothing that stands out, as many trades as are counted. */
const rare: [Sample, number][] = [
  [{}, 0],
  [{ assets: { BTC: asset('0.00') } }, 1],
  [{ cash: '40.00', assets: { BTC: asset('30.00'), ETH: asset('30.00') } }, 0],
  [{ cash: '40.00', trades: busy }, 0],
]

/** Every text of a report, with figures for its values; not what is written by locale. */
const textsIn = (words: object): readonly string[] =>
  Object.entries(words).flatMap(([name, word]: [string, unknown]) => {
    if (['language', 'day', 'moment', 'month', 'number'].includes(name)) return []
    if (typeof word === 'object' && word) return textsIn(word)
    const write = typeof word === 'function' && (word as (...values: string[]) => string)
    return [write ? write('1', '2', '3', '4', '5') : String(word)]
  })

/** A report of these texts, in plain and in strong type, as it is served. */
async function writeInBothWeights(texts: readonly string[]): Promise<Buffer> {
  const words = wordsIn['zh-CN']
  const cells = texts.flatMap((text) => ['plain', 'strong'].map((weight) => ({ text, weight })))
  const layout: PdfLayout<(typeof cells)[number]> = {
    ...{ title: '', facts: [], words, add: () => undefined, totals: () => [] },
    columns: [{ header: '', width: 100, cell: ({ text }) => text }],
    isStrong: ({ weight }) => weight === 'strong',
  }
  const app = express().get('/', (_request, response) => {
    void writePdf(response, layout, Readable.from([cells]))
  })
  const server = app.listen(0)
  try {
    const { port } = server.address() as AddressInfo
    const file = await fetch(`http://127.0.0.1:${port}/`)
    return Buffer.from(await file.arrayBuffer())
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

describe('Chinese has words for what services write', () => {
  it.each(types)('of an order of the type %s', (type) => {
    const texts = orderNotificationKinds.flatMap((kind) =>
      (['BUY', 'SELL'] as const).flatMap((side) =>
        [{}, triggered, inPart, ofTwoLimits, { ...inPart, ...ofTwoLimits }, ...withExits].map(
          (more) =>
            notifyOfOrder(
              'n',
              kind,
              order({ type, side, ...triggered, reason: reasonOf(kind), ...more }),
            ),
        ),
      ),
    )
    expect(untranslated(texts.map(({ text }) => text))).toEqual([])
  })

  it('of a recurring order', () => {
    const skipped = [
      'The available cash does not cover this.',
      'The platform did not run, or had no price, at that time.',
      'The smallest order is worth $1.00.',
    ].map((reason) => notifyOfRun('n', run({ reason }), 0))
    const bought = [0, 1, 3].map((missed) => notifyOfRun('n', run({ outcome: 'BOUGHT' }), missed))
    expect(untranslated([...skipped, ...bought].map(({ text }) => text))).toEqual([])
    expect(serverWords(bought[2]?.text ?? '')).toBe(
      '您每次 $50.00 的 BTC 定投已在 2026年11月2日 买入。此前错过了 3 次执行。',
    )
  })

  it('of a price alert', () => {
    const texts = (['ABOVE', 'BELOW'] as const).flatMap((direction) => [
      notifyOfAlert('n', alert({ direction })),
      notifyOfAlert('n', alert({ direction, ...moves })),
      notifyOfEnd('n', alert({ direction, status: 'EXPIRED' })),
      notifyOfEnd('n', alert({ direction })),
    ])
    expect(untranslated(texts.map(({ text }) => text))).toEqual([])
  })

  it.each(['1', ' é\u0301 9', 'x'.repeat(60), 'a@b', '-'])('of the name “%s”', (name) => {
    const { fault } = readName(name)
    if (fault !== undefined) expect(untranslated([fault])).toEqual([])
  })

  it.each(['ada', '@example.com', 'a@@b.de', 'ä@b.de', 'ada@', 'ada@b', 'ada@-b.de', 'ada@b d.de'])(
    'of the address “%s”',
    (address) => {
      const { fault = '' } = readAddress(address, (domain) => domain)
      expect(untranslated([fault])).toEqual([])
    },
  )

  it('of a portfolio', () => {
    fc.assert(
      fc.property(samples, fc.nat(2), (sample, unpricedCount) => {
        const figures = { ...sampleFigures(sample), unpricedCount }
        const findings = findWhatStandsOut(figures, sampleNowMs)
        const texts = [writeRulesText(figures, findings), ...findings.map(({ text }) => text)]
        expect(untranslated(texts)).toEqual([])
      }),
      { numRuns: 500, examples: rare },
    )
  })

  it('about every asset of the simulated market', () => {
    const said = `${largeListings}${smallListings}`.match(/(?<=\|)[^|\n]+$/gm) ?? []
    expect([...new Set(said)].sort()).toEqual([...assetWords].sort())
  })

  it('in every reason for which an input is refused', () => {
    const reasons = reasonsOfServices()
    expect(reasons).toContain('must be more than zero')
    expect(reasons.length).toBeGreaterThan(80)
    expect(untranslated(reasons)).toEqual([])
  })

  it('in every sentence that is written in one place', () => {
    const sentences = sentencesOfServices()
    expect(sentences).toContain('Moved in from the previous system.')
    expect(untranslated(sentences)).toEqual([])
  })

  it('of a report on paper, each with a sign of the font', async () => {
    const inChinese = textsIn(wordsIn['zh-CN'])
    const english = textsIn(wordsIn.en)
    expect(inChinese.filter((text, at) => text === english[at])).toEqual([])
    const written = textsOf(await writeInBothWeights(inChinese))
    const timesOf = (text: string) => written.filter((one) => one === text).length
    expect(inChinese.filter((text) => timesOf(text) < 2)).toEqual([])
  })

  it('of every kind of activity and every way to choose lots', () => {
    const schema = buildSchema(apiSchema())
    const valuesOf = (name: string) =>
      (schema.getType(name) as GraphQLEnumType).getValues().map((value) => value.name)
    const { kinds, methods } = wordsIn['zh-CN']
    expect(valuesOf('ActivityKind').filter((kind) => !Object.hasOwn(kinds, kind))).toEqual([])
    expect(valuesOf('LotMethod').filter((method) => !Object.hasOwn(methods, method))).toEqual([])
  })

  it('and leaves what it does not know as it came', () => {
    expect(serverWords('Something new happened.')).toBe('Something new happened.')
  })
})
