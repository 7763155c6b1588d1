import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { addUsd, formatUsd, parseUsd } from '@cnop/kit/money'
import type { Browser, Page } from 'playwright-core'
import {
  findBarriers,
  findCardFaults,
  findOverlaps,
  openBrowser,
  openPage,
  signIn,
  type WatchedPage,
} from '../world/browser.ts'
import { type Shown, watchDashboard, watchPrices } from '../world/frames.ts'
import { startTestMarket, type TestMarket } from '../world/market.ts'
import type { Trader } from '../world/trader.ts'
import { startWorld, type World } from '../world/world.ts'

let market: TestMarket
let world: World
let browser: Browser
let watched: WatchedPage
let page: Page
let trader: Trader

beforeAll(async () => {
  market = await startTestMarket({ BTC: 64_000, ETH: 3_400, SOL: 150, PEPE: 0.0000000031 })
  world = await startWorld({ WEB_ENABLED: 'true', WEB_PORT: '0', ...market.env })
  browser = await openBrowser()
  trader = await world.trader({ cash: '9000.00' })
  await buys({ BTC: '0.02', ETH: '1.1', SOL: '3.3' })
  watched = await openPage(browser, `http://127.0.0.1:${world.router.webPort ?? 0}`)
  page = watched.page
  await signIn(page, trader)
})
afterAll(async () => {
  await browser.close()
  await world.stop()
  await market.stop()
})

async function buys(quantities: Readonly<Record<string, string>>): Promise<void> {
  for (const [assetId, quantity] of Object.entries(quantities))
    expect((await trader.buys(quantity, assetId)).codes).toEqual([])
}

const dollars = (text: string) => parseUsd(text.replace(/[$,+]/g, '').replace('−', '-'))
const sum = (texts: readonly string[]) => formatUsd(texts.map(dollars).reduce(addUsd))
const plain = (text: string) => formatUsd(dollars(text))

/** The price at which the platform trades. */
async function priceOf(assetId: string): Promise<number> {
  const { data } = await world.stranger.ask<{ asset: { quote: { price: string } } }>(
    `{ asset(id: "${assetId}") { quote { price } } }`,
  )
  return Number(data?.asset.quote.price)
}

/** Moves the market slightly until the work is done. */
async function whileTicking<Result>(work: Promise<Result>): Promise<Result> {
  const state = { isDone: false }
  void work.finally(() => (state.isDone = true))
  for (let turn = 1; !state.isDone; turn += 1) {
    market.setPrice('BTC', 64_000 + ((turn * 737) % 900))
    market.setPrice('ETH', 3_400 + ((turn * 31) % 60))
    await Promise.race([work, world.stranger.ask('{ market { tickedAt } }')])
  }
  return work
}

const marksOfTotal = async () =>
  (await page.locator('.hero-panel .figure').first().innerText()).trim()

describe('the dashboard while prices tick', () => {
  it('shows one total in every frame, in all panels and at the end of the chart', async () => {
    await page.getByText('1D', { exact: true }).click()
    await page.getByRole('img', { name: /Portfolio value over the last day/ }).waitFor()
    await page.getByRole('region', { name: 'Holdings' }).getByText('Live prices').waitFor()
    await page.getByRole('region', { name: 'Allocation' }).getByText('SOL').waitFor()
    await page
      .getByRole('region', { name: 'Insight' })
      .getByText(/and the rest in 3 assets/)
      .waitFor()
    const moving = trader.deposits('100.00').then(() => buys({ SOL: '2' }))
    const frames = await whileTicking(watchDashboard(page, 8))
    await moving
    for (const { total, cash, values, slices, insight, chart, chartLabel } of frames) {
      const [shown = '', assets = ''] = total
      const [, chartEnd = ''] = chart
      expect(sum(values)).toBe(plain(assets))
      expect([sum([String(cash.at(-1)), ...values]), sum(slices), plain(chartEnd)]).toEqual(
        Array.from({ length: 3 }, () => plain(shown)),
      )
      expect(chartLabel).toContain(` to ${shown};`)
      expect(insight).toEqual([shown, cash.at(-1)])
    }
  })

  it('has an axis of even steps around every value, none of whose marks is cut or said twice', async () => {
    await watched.settled()
    const chart = page.getByRole('img', { name: /^Portfolio value over/ })
    const marks = (axis: string) =>
      chart.locator(`.recharts-${axis}-tick-labels .recharts-cartesian-axis-tick-value`)
    await marks('yAxis').first().waitFor()
    const texts = await marks('yAxis').allTextContents()
    const amounts = texts.map(
      (text) => Number(text.replace(/[$K]/g, '')) * (text.endsWith('K') ? 1_000 : 1),
    )
    expect(new Set(texts).size).toBe(texts.length)
    const steps = amounts
      .slice(1)
      .map((amount, place) => Math.round((amount - (amounts[place] ?? 0)) * 100))
    expect(new Set(steps).size).toBe(1)
    const total = Number((await marksOfTotal()).replace(/[$,]/g, ''))
    expect(Math.min(...amounts)).toBeLessThanOrEqual(0)
    expect(Math.max(...amounts)).toBeGreaterThanOrEqual(total)
    const room = await chart.boundingBox()
    for (const mark of [...(await marks('xAxis').all()), ...(await marks('yAxis').all())]) {
      const box = await mark.boundingBox()
      expect(box && box.x).toBeGreaterThanOrEqual((room?.x ?? 0) - 1)
      expect(box && box.x + box.width).toBeLessThanOrEqual((room?.x ?? 0) + (room?.width ?? 0) + 1)
    }
  })

  it('reports the same daily change as the profit of the day’s chart', async () => {
    // The previous trades must be visible on every page first.
    await page.getByRole('row', { name: /Solana.*5\.3/ }).waitFor()
    await page
      .getByRole('img', { name: /from \$0\.00 to .*; paid in and gifts \$9,100\.00/ })
      .waitFor()
    await watched.settled()
    for (const { total, chart } of await whileTicking(watchDashboard(page, 5))) {
      expect(total).toHaveLength(4)
      expect(total[2]).toBe(chart.at(-1))
    }
    // Straight lines between the same times: the distance between the lines is the profit everywhere.
    const curves = page.locator('.recharts-area-curve, .recharts-line-curve')
    const drawn = await curves.evaluateAll((paths) =>
      paths.map((path) => (path as unknown as Shown).getAttribute('d') ?? ''),
    )
    const times = drawn.map((line) => line.match(/(?<=[ML])[\d.]+(?=,)/g))
    expect(drawn.join('')).not.toMatch(/[^ML\d.,-]/)
    expect(times).toHaveLength(2)
    expect(times[0]).toEqual(times[1])
  })

  it('draws deposits and trades of a young account as steps, and no profit between them', async () => {
    // A price of before that arrives later would be a profit.
    market.setPrice('ETH', 3_456)
    while ((await priceOf('ETH')) !== 3_456);
    const newcomer = await world.trader({ cash: '1000.00' })
    await newcomer.deposits('3000.00')
    await newcomer.buys('0.5', 'ETH')
    await newcomer.withdraws('700.00')
    const young = await openPage(browser, page.url())
    await signIn(young.page, newcomer)
    for (const range of ['1D', '1M', '3M', 'YTD', '1Y', 'Max']) {
      await young.page.getByText(range, { exact: true }).click()
      await young.page.getByRole('img', { name: /paid in and gifts \$3,300\.00/ }).waitFor()
      await young.settled()
      const line = await young.page.locator('.recharts-area-curve').getAttribute('d')
      const points = [...(line ?? '').matchAll(/[ML]([\d.]+),([\d.]+)/g)].map(([, x, y]) => ({
        x: Number(x),
        y: Number(y),
      }))
      const slopes = points.flatMap(({ x, y }, place) => {
        const before = points[place - 1] ?? { x, y }
        return x - before.x > 2 && Math.abs(y - before.y) > 1
          ? [{ from: before, to: { x, y } }]
          : []
      })
      expect(points.length).toBeGreaterThan(6)
      expect(slopes).toEqual([])
    }
    expect(young.problems).toEqual([])
    await young.page.context().close()
  })

  it('values a delisted holding at its last price, marked, and excludes it from the day', async () => {
    market.setPrice('SOL', 0)
    const holdings = page.getByRole('region', { name: 'Holdings' })
    await holdings.getByText(/price of/).waitFor()
    await holdings.getByText('1 not traded').waitFor()
    await page.getByText(/Without SOL over the last 24 hours/).waitFor()
    await page.getByRole('region', { name: 'Allocation' }).getByText('not traded').waitFor()
    expect(await findBarriers(page)).toEqual([])

    await page.getByRole('link', { name: 'Portfolio' }).click()
    const row = page.getByRole('row', { name: /Solana/ })
    await row.getByText('left out').waitFor()
    await row.getByText(/price of/).waitFor()
    await page.getByText(/Without SOL over the last 24 hours/).waitFor()

    await page.goto('/market/SOL')
    const position = page.getByRole('region', { name: 'My SOL' })
    await position.getByText(/price of/).waitFor()
    await position.getByText('5.3 SOL').waitFor()
    expect(await page.getByText('Live prices').count()).toBe(0)
    expect(await findBarriers(page)).toEqual([])
  })

  it('shows the holding of a traded asset, at the price above', async () => {
    await page.goto('/market/ETH')
    const position = page.getByRole('region', { name: 'My ETH' })
    await position.getByText('1.1 ETH').first().waitFor()
    for (const price of [3_500, 3_510.5]) {
      market.setPrice('ETH', price)
      const value = (1.1 * price).toLocaleString('en-US', { minimumFractionDigits: 2 })
      await position.getByText(`$${value}`).waitFor()
    }
  })

  it('shows one price of an asset on its page, in heading, ticket and alert', async () => {
    await page.getByRole('radiogroup', { name: 'Order type' }).getByText('Limit').click()
    await page.getByLabel('Quantity of ETH').fill('0.1')
    await page.getByText('Cash afterwards').waitFor()
    const seen = await whileTicking(watchPrices(page, 6))
    expect(seen.filter((prices) => new Set(prices).size > 1)).toEqual([])
    // A frame in which one of the three waits for its first price shows the others.
    expect(Math.max(...seen.map((prices) => prices.length))).toBe(3)
    expect(watched.problems).toEqual([])
  })
})

describe('the whole of an account', () => {
  it('is compared with Bitcoin, divided by class, and summed up', async () => {
    await page.goto('/dashboard')
    const hero = page.getByRole('region', { name: 'Total value' })
    await hero.getByText(/^BTC since /).waitFor()
    await hero.getByText(/^(Ahead of|Behind) BTC$/).waitFor()
    await page.goto('/portfolio')
    await page.getByRole('radiogroup', { name: 'Allocation by' }).getByText('Class').click()
    await page.getByRole('region', { name: 'Allocation' }).getByText('Cash').waitFor()
    const holdings = page.getByRole('table', { name: 'Holdings' })
    await holdings.getByRole('rowheader', { name: 'Total' }).waitFor()
    await page
      .getByRole('radiogroup', { name: 'Range of the performance' })
      .getByText('Custom')
      .click()
    await page.getByLabel('First day').waitFor()
    await watched.settled()
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme })
      expect(await findBarriers(page)).toEqual([])
    }
    for (const width of [390, 1024, 1440]) expect(await findOverlaps(page, width)).toEqual([])
    await page.setViewportSize({ width: 1280, height: 900 })
  })
})

describe('long amounts', () => {
  it.each(['/dashboard', '/portfolio', '/activity'])(
    '%s prints none over another',
    async (path) => {
      if ((await trader.holds('PEPE')) === '0') await buys({ PEPE: '401831168831.31168831' })
      await page.goto(path)
      await page
        .getByText(/401,831,168,831\.31168831/)
        .filter({ visible: true })
        .first()
        .waitFor()
      await watched.settled()
      for (const width of [390, 1024, 1440]) expect(await findOverlaps(page, width)).toEqual([])
    },
  )

  it.each(['/portfolio', '/activity', '/orders', 'receipt', '/market', '/trade'])(
    '%s has cards with labels on a phone, and breaks no number inside',
    async (name) => {
      const { data } = await trader.ask<{ me: { orders: { nodes: [{ id: string }] } } }>(
        '{ me { orders(first: 1) { nodes { id } } } }',
      )
      await page.setViewportSize({ width: 390, height: 844 })
      await page.goto(name === 'receipt' ? `/orders/${data?.me.orders.nodes[0].id ?? ''}` : name)
      if (name === '/trade') await page.getByRole('tab', { name: 'Fills' }).click()
      await page.locator('table[data-stacked]').first().waitFor()
      await watched.settled()
      expect(await findCardFaults(page)).toEqual([])
    },
  )
})
