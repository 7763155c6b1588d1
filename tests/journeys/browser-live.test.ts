import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import {
  findBarriers,
  openBrowser,
  openPage,
  signIn,
  type WatchedPage,
  inBothSchemes,
} from '../world/browser.ts'
import { startTestMarket, type TestMarket } from '../world/market.ts'
import type { Trader } from '../world/trader.ts'
import { newKey, startWorld, type World } from '../world/world.ts'

interface Measured {
  readonly getBoundingClientRect: () => { readonly x: number }
}

let market: TestMarket
let world: World
let browser: Browser
let origin: string
let trader: Trader

beforeAll(async () => {
  market = await startTestMarket({ BTC: 64_000, ETH: 3_400 })
  world = await startWorld({ WEB_ENABLED: 'true', WEB_PORT: '0', ...market.env })
  origin = `http://127.0.0.1:${world.router.webPort ?? 0}`
  browser = await openBrowser()
  trader = await world.trader({ cash: '5000.00' })
})

afterAll(async () => {
  await browser.close()
  await world.stop()
  await market.stop()
})

const placeOrder = /* GraphQL */ `
  mutation ($input: PlaceOrderInput!) {
    placeOrder(input: $input) {
      order {
        status
      }
    }
  }
`

/** Actions of the trader's other session, outside the browser. */
const buys = (input: object) =>
  trader.ask(placeOrder, { input: { key: newKey(), side: 'BUY', ...input } })
const buysEther = (limitPrice: string, quantity = '1') =>
  buys({ type: 'LIMIT', assetId: 'ETH', quantity, limitPrice })

describe('a user who watches the market', () => {
  let watched: WatchedPage
  let page: Page
  let polls: number

  beforeAll(async () => {
    watched = await openPage(browser, origin)
    page = watched.page
    page.on('request', (request) => {
      if (request.postData()?.includes('"LivePrices"')) polls += 1
    })
    await signIn(page, trader)
  })
  beforeEach(() => {
    polls = 0
  })
  afterAll(() => page.context().close())

  const price = (asset: RegExp, text: string) =>
    page.getByRole('row', { name: asset }).getByText(text, { exact: true }).waitFor()

  it('sees prices move as the market ticks, without polling', async () => {
    await page.getByRole('link', { name: 'Market' }).click()
    await page.getByText('Live prices', { exact: true }).waitFor()
    await price(/Bitcoin/, '$64,000.00')
    for (const tick of [64_123.45, 63_987.65, 64_010]) {
      market.setPrice('BTC', tick)
      await price(/Bitcoin/, `$${tick.toLocaleString('en-US', { minimumFractionDigits: 2 })}`)
    }
    await price(/Ethereum/, '$3,400.00')
    expect(polls).toBe(0)
  })

  it('finds starred assets in the watchlist and on the dashboard, live in both', async () => {
    await page.getByRole('button', { name: 'Watch Bitcoin' }).click()
    await page.getByRole('button', { name: 'Watch Bitcoin', pressed: true }).waitFor()
    await page.getByRole('radiogroup', { name: 'Category' }).getByText('Watchlist').click()
    await page.getByText('1 asset', { exact: true }).waitFor()
    await page.getByRole('row', { name: /Bitcoin/ }).waitFor()
    expect(await page.getByRole('row', { name: /Ethereum/ }).count()).toBe(0)

    await page.getByRole('link', { name: 'Dashboard' }).click()
    const panel = page.getByRole('region', { name: 'Watchlist' })
    await panel.getByText('Live prices').waitFor()
    market.setPrice('BTC', 64_200)
    await panel.getByText('$64,200.00').waitFor()
  })

  it('is notified once on any page when an alert fires, and finds the notification under the bell', async () => {
    await page.goto('/market/BTC')
    await page.getByLabel('Alert price in US dollars').fill('65000')
    await page.getByRole('button', { name: 'Set alert' }).click()
    await page.getByText('Rises to $65,000.00', { exact: true }).waitFor()
    await page.getByRole('link', { name: 'Portfolio' }).click()
    await page.getByRole('heading', { name: 'Portfolio', exact: true }).waitFor()

    market.setPrice('BTC', 65_010)
    await page.getByRole('alert').filter({ hasText: 'Price alert' }).waitFor()
    await page.getByRole('button', { name: 'Notifications, 1 unread' }).click()
    const list = page.getByRole('dialog', { name: 'Notifications' })
    await list.getByRole('listitem').filter({ hasText: 'New' }).waitFor()
    expect(await inBothSchemes(page, findBarriers)).toEqual([])
    await page.getByRole('button', { name: 'Notifications', exact: true }).waitFor()
    await list.getByRole('link', { name: /BTC rose/ }).click()
    await page.waitForURL('**/market/BTC')
    await page.getByText('Fired').waitFor()

    await page.reload()
    await page.getByRole('button', { name: 'Notifications', exact: true }).waitFor()
  })

  it('sees an order of another session wait, fill and move the money, without a reload', async () => {
    await page.getByRole('link', { name: 'Dashboard' }).click()
    await page.getByText('Buy your first asset').waitFor()
    const cash = page.getByRole('region', { name: 'Cash' })
    expect((await buysEther('3300')).codes).toEqual([])
    await page.getByRole('link', { name: 'Buy 1 ETH' }).waitFor()
    await cash.getByText('$1,700.00').first().waitFor()

    market.setPrice('ETH', 3_290)
    const toast = page.getByRole('alert').filter({ hasText: 'Limit order filled' })
    await toast.getByText('Bought 1 ETH at $3,290.00.').waitFor()
    await page.getByText('No order is waiting').waitFor()
    await page.getByRole('table', { name: 'Holdings' }).getByText('Ethereum').waitFor()
    await cash.getByText('$1,710.00').first().waitFor()
    await page.getByRole('button', { name: 'Notifications, 1 unread' }).waitFor()
  })

  it('sees cash that another session deposited', async () => {
    expect((await trader.deposits('290.00')).codes).toEqual([])
    await page.getByRole('region', { name: 'Cash' }).getByText('$2,000.00').first().waitFor()
  })

  it('cancels no order by a double click, and sees no column move when it is asked', async () => {
    expect((await buysEther('1000')).codes).toEqual([])
    await page.getByRole('link', { name: 'Orders' }).first().click()
    const table = page.getByRole('table', { name: 'All orders' })
    const columns = () =>
      table.getByRole('columnheader').evaluateAll((headers) =>
        headers.map((header) => {
          const { getBoundingClientRect } = header as unknown as Measured
          return getBoundingClientRect.call(header).x
        }),
      )
    const cancel = table.getByRole('button', { name: /^Cancel ?: / })
    const keep = table.getByRole('button', { name: /^Keep ?: / })
    await cancel.waitFor()
    await watched.settled()
    const before = { place: await cancel.boundingBox(), columns: await columns() }
    await cancel.click()
    expect({ place: await keep.boundingBox(), columns: await columns() }).toEqual(before)
    await keep.click()
    // The second click is not meant for what the first one has put there.
    await cancel.dblclick()
    expect({ place: await keep.boundingBox(), columns: await columns() }).toEqual(before)
    expect(await trader.cash()).toBe('1000.00')
    // The confirmation does cancel.
    await table.getByRole('button', { name: /^Cancel order ?: / }).click()
    await page.getByText('Order cancelled', { exact: true }).waitFor()
    expect(await trader.cash()).toBe('2000.00')
  })

  it('finds the newest fill first, however many orders were placed after its own', async () => {
    expect((await buysEther('3200', '0.1')).codes).toEqual([])
    for (let count = 0; count < 8; count += 1) {
      const { codes } = await buys({ type: 'MARKET', assetId: 'BTC', quoteAmount: '2.00' })
      expect(codes).toEqual([])
    }
    market.setPrice('ETH', 3_190)
    await page.getByText('Bought 0.1 ETH at $3,190.00.').waitFor()
    await page.getByRole('link', { name: 'Trade' }).first().click()
    await page.getByRole('tab', { name: 'Fills' }).click()
    const fills = page.getByRole('table', { name: 'Recent fills' }).locator('tbody tr')
    await fills.nth(7).waitFor()
    expect(await fills.first().innerText()).toMatch(/^Buy 0\.1 ETH\s.*\$3,190\.00\s+\$319\.00\s/s)
  })

  it('sees that an asset is halted, on every page that shows it, and that it trades again', async () => {
    await page.goto('/market')
    await page.getByText('Live prices', { exact: true }).waitFor()
    const row = page.getByRole('row', { name: /Bitcoin/ })
    await row.getByText('$65,010.00', { exact: true }).waitFor()
    market.alternate('BTC', [0.5, 65_010])
    await row.getByText('Halted', { exact: true }).waitFor()
    expect(await row.getByText('$65,010.00', { exact: true }).count()).toBe(1)
    expect(await findBarriers(page)).toEqual([])

    await page.goto('/market/BTC')
    await page.locator('main').getByText('Halted', { exact: true }).waitFor()
    const ticket = page.getByRole('form', { name: 'Order ticket for BTC' })
    const notice = ticket.getByRole('alert').filter({ hasText: 'Trading is halted' })
    await notice.getByText(/resumes by itself/).waitFor()
    const review = ticket.getByRole('button', { name: 'Review buy' })
    await ticket.getByRole('textbox').first().fill('0.001')
    expect(await review.isDisabled()).toBe(true)
    expect(await findBarriers(page)).toEqual([])

    market.setPrice('BTC', 65_010)
    await notice.waitFor({ state: 'detached' })
    await page.locator('main').getByText('Halted').waitFor({ state: 'detached' })
    await ticket.getByRole('button', { name: 'Review buy', disabled: false }).waitFor()
  })

  it('is notified that the platform cancelled an order of a delisted asset', async () => {
    expect((await buysEther('1000')).codes).toEqual([])
    market.remove('ETH')
    const toast = page.getByRole('alert').filter({ hasText: 'Limit order cancelled' })
    await toast.getByText('The order to buy 1 ETH was cancelled: ETH was delisted.').waitFor()
    await page.goto('/market/ETH')
    await page.locator('main').getByText('Not traded', { exact: true }).waitFor()
  })

  it('logged no error in the console', () => {
    expect(watched.problems).toEqual([])
  })
})

describe('two windows of one browser', () => {
  const streamsOf = (page: Page): string[] => {
    const opened: string[] = []
    page.on('request', (request) => {
      const body = request.postData() ?? ''
      if (request.url().endsWith('/stream')) opened.push(body)
      if (body.includes('"LivePrices"')) opened.push('polled')
    })
    return opened
  }
  const shows = (page: Page, price: string) =>
    page
      .getByRole('row', { name: /Bitcoin/ })
      .getByText(price, { exact: true })
      .waitFor()

  it('are both live over the streams of one, and of the other once that is closed', async () => {
    const { page: first, problems } = await openPage(browser, origin)
    const owner = await world.trader({ cash: '100.00' })
    await signIn(first, owner)
    await first.goto('/market')
    await first.getByText('Live prices', { exact: true }).waitFor()
    const second = await first.context().newPage()
    const opened = streamsOf(second)
    await second.goto('/market')
    await second.getByText('Live prices', { exact: true }).waitFor()
    market.setPrice('BTC', 65_100)
    await Promise.all([shows(first, '$65,100.00'), shows(second, '$65,100.00')])
    // What happens in the account is told there too.
    const limit = { key: newKey(), side: 'BUY', type: 'LIMIT', assetId: 'BTC' }
    const input = { ...limit, quantity: '0.001', limitPrice: '65050' }
    expect((await owner.ask(placeOrder, { input })).codes).toEqual([])
    market.setPrice('BTC', 65_040)
    for (const page of [first, second]) {
      await page.getByRole('alert').filter({ hasText: 'Limit order filled' }).waitFor()
    }
    expect(opened).toEqual([])

    await first.close()
    market.setPrice('BTC', 65_200)
    await shows(second, '$65,200.00')
    expect(opened.some((body) => body.includes('"PriceTicks"'))).toBe(true)
    expect(opened).not.toContain('polled')
    expect(problems).toEqual([])
    await second.context().close()
  })
})
