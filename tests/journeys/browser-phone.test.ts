import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser, Locator, Page } from 'playwright-core'
import { findBarriers, openBrowser, openPage, signIn, type WatchedPage } from '../world/browser.ts'
import type { Trader } from '../world/trader.ts'
import { startWorld, type World } from '../world/world.ts'

let world: World
let browser: Browser
let watched: WatchedPage
let page: Page
let trader: Trader

beforeAll(async () => {
  world = await startWorld({ WEB_ENABLED: 'true', WEB_PORT: '0' })
  browser = await openBrowser()
  watched = await openPage(browser, `http://127.0.0.1:${world.router.webPort ?? 0}`)
  page = watched.page
  trader = await world.trader({ cash: '5000.00' })
  await trader.buys('0.01', 'BTC')
  await trader.buys('900', 'DOGE')
  await page.setViewportSize({ width: 390, height: 844 })
  await signIn(page, trader)
  await watched.settled()
})

afterAll(async () => {
  await browser.close()
  await world.stop()
})

const tabs = () => page.getByRole('navigation', { name: 'Tabs' })
const sheet = () => page.getByRole('dialog', { name: 'Trade ETH' })

/** Whether the middle of an element belongs to it, or something else is in front. */
async function isInFront(element: Locator, selector: string): Promise<boolean> {
  const { x = 0, y = 0, width = 0, height = 0 } = (await element.boundingBox()) ?? {}
  const middle = `${x + width / 2}, ${y + height / 2}`
  return page.evaluate<boolean>(
    `document.elementFromPoint(${middle})?.closest(${JSON.stringify(selector)}) !== null`,
  )
}

/** Waits until a control has the focus, which may come later than what ends. */
const focused = (text: string) => page.locator(':focus').filter({ hasText: text }).waitFor()

describe('the tabs', () => {
  it('lead to four pages, and stay at the bottom of the screen', async () => {
    for (const name of ['Market', 'Trade', 'Orders', 'Dashboard']) {
      await tabs().getByRole('link', { name }).click()
      await page.getByRole('heading', { name, level: 1 }).waitFor()
      await watched.settled()
      expect(await tabs().getByRole('link', { name }).getAttribute('aria-current')).toBe('page')
      await page.evaluate('scrollTo(0, document.documentElement.scrollHeight)')
      const { y = 0, height = 0 } = (await tabs().boundingBox()) ?? {}
      expect(Math.round(y + height)).toBe(844)
    }
    expect(await findBarriers(page)).toEqual([])
  })

  it('open all pages with “More”, from which Escape comes back', async () => {
    const more = tabs().getByRole('button', { name: 'More' })
    await more.click()
    const sidebar = page.getByRole('complementary', { name: 'Sidebar' })
    await sidebar.getByRole('button', { name: 'Sign out' }).waitFor()
    expect(await findBarriers(page)).toEqual([])
    await page.keyboard.press('Tab')
    await page.keyboard.press('Escape')
    await sidebar.waitFor({ state: 'hidden' })
    await focused('More')
    await more.press('Enter')
    await sidebar.getByRole('link', { name: 'Activity' }).click()
    await page.getByRole('heading', { name: 'Activity', level: 1 }).waitFor()
    await sidebar.waitFor({ state: 'hidden' })
  })
})

describe('lists', () => {
  it.each([
    ['/', 'Top assets', /^Bitcoin BTC \$[\d,.]+ .*%$/],
    ['/market', 'Assets', /^Bitcoin BTC \$[\d,.]+ .*%$/],
    ['/dashboard', 'Holdings', /^Bitcoin 0\.01 BTC \$[\d,.]+ .*\)$/],
    [
      '/portfolio',
      'Holdings',
      /^Bitcoin 0\.01 BTC at \$[\d,.]+ : history \$[\d,.]+ .*\) Buy Sell$/,
    ],
    ['/orders', 'All orders', /^Buy 900 DOGE Market · .+ \$[\d,.]+ Filled$/],
    ['/activity', 'Journal', /^Bought DOGE .+ · \+900 DOGE −\$[\d,.]+ \$[\d,.]+$/],
    ['/trade', 'Recent fills', /^Buy 900 DOGE .+ \$[\d,.]+ \$[\d,.]+$/],
  ])('of %s have rows of two lines', async (path, name, text) => {
    await page.goto(path)
    if (path === '/trade') await page.getByRole('tab', { name: 'Fills' }).click()
    await watched.settled()
    const row = page.getByRole('table', { name }).locator('tbody tr').first()
    expect((await row.innerText()).split(/\s+/).join(' ').trim()).toMatch(text)
    const boxes = await Promise.all(
      (await row.locator('td:not([data-place=below])').all()).map((cell) => cell.boundingBox()),
    )
    const shown = boxes.filter((box) => box !== null)
    const top = Math.min(...shown.map(({ y }) => y))
    expect(Math.max(...shown.map(({ y, height }) => y + height)) - top).toBeLessThan(48)
    expect(await findBarriers(page)).toEqual([])
  })

  it('keep the way to cancel an open order', async () => {
    await trader.ask(
      `mutation P($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id } } }`,
      {
        input: {
          ...{ assetId: 'ETH', side: 'BUY', type: 'LIMIT', quantity: '0.1' },
          ...{ limitPrice: '900', key: 'phone-limit-0001' },
        },
      },
    )
    await page.goto('/orders')
    const row = page.getByRole('row', { name: /Buy 0\.1 ETH/ })
    await row.getByRole('button', { name: 'Cancel' }).click()
    await row.getByRole('button', { name: 'Cancel order' }).click()
    await row.getByText('Cancelled').waitFor()
  })
})

describe('the page of an asset', () => {
  it('shows the chart first, and buys in a sheet that closes when it is done', async () => {
    await page.goto('/market/ETH')
    await watched.settled()
    const titles = await page.locator('main .panel h2').allInnerTexts()
    expect(titles[0]).toBe('Price')
    const buy = page.getByRole('group', { name: 'Trade ETH' }).getByRole('button', { name: 'Buy' })
    expect(await isInFront(buy, '.trade-bar button')).toBe(true)
    expect(await findBarriers(page)).toEqual([])
    await buy.click()
    await sheet().getByLabel('Quantity of ETH').fill('0.01')
    await sheet().getByText('You pay').waitFor()
    expect(await findBarriers(page)).toEqual([])
    await sheet().getByRole('button', { name: 'Review buy' }).click()
    await page.getByRole('button', { name: 'Place order' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Place order' }).waitFor({ state: 'detached' })
    await sheet().getByRole('button', { name: 'Review buy' }).click()
    await page.getByRole('button', { name: 'Place order' }).click()
    const toast = page.locator('.mantine-Notification-root', { hasText: 'Bought 0.01 ETH' })
    await toast.waitFor()
    await sheet().waitFor({ state: 'detached' })
    expect(await isInFront(toast, '.mantine-Notification-root')).toBe(true)
    expect(await trader.holds('ETH')).toBe('0.01')
  })

  it('opens the sheet at the side that was pressed, and returns the focus', async () => {
    const sell = page
      .getByRole('group', { name: 'Trade ETH' })
      .getByRole('button', { name: 'Sell' })
    await sell.click()
    await sheet().getByRole('button', { name: 'Review sale' }).waitFor()
    await sheet().getByLabel('Quantity of ETH').press('Escape')
    await sheet().waitFor({ state: 'detached' })
    await focused('Sell')
    expect(watched.problems).toEqual([])
  })
})
