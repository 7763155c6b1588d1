import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { findBarriers, openBrowser, openPage, signIn, type WatchedPage } from '../world/browser.ts'
import { watchInputs } from '../world/forms.ts'
import { startTestMarket, type TestMarket } from '../world/market.ts'
import type { Trader } from '../world/trader.ts'
import { startWorld, type World } from '../world/world.ts'

let market: TestMarket
let world: World
let browser: Browser
let trader: Trader
let watched: WatchedPage
let page: Page
let inputsOf: ReturnType<typeof watchInputs>

beforeAll(async () => {
  market = await startTestMarket({ BTC: 70_000, ETH: 3_500 })
  world = await startWorld({ WEB_ENABLED: 'true', WEB_PORT: '0', ...market.env })
  browser = await openBrowser()
  trader = await world.trader({ cash: '5000.00' })
  await trader.buys('0.02', 'BTC')
  watched = await openPage(browser, `http://127.0.0.1:${world.router.webPort ?? 0}`)
  page = watched.page
  inputsOf = watchInputs(page)
  await signIn(page, trader)
  await watched.settled()
})

afterAll(async () => {
  await browser.close()
  await world.stop()
  await market.stop()
})

/** No command sends anything by itself. */
afterEach(() => {
  const sent = ['AccountDeposit', 'AccountWithdraw', 'AssetCreatePriceAlert']
  expect(sent.flatMap(inputsOf)).toEqual([])
  expect(watched.problems).toEqual([])
})

/** Types into the palette, with the keyboard alone. */
async function type(text: string): Promise<void> {
  await page.keyboard.press('Control+K')
  await page.locator('[role=dialog] input:focus').waitFor()
  await page.keyboard.type(text)
}

async function command(text: string, label: string): Promise<void> {
  await type(text)
  await page.locator('[data-action][data-selected]', { hasText: label }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('dialog', { name: 'Command palette' }).waitFor({ state: 'detached' })
}

const amount = () => page.locator('[data-path=amount]:focus')

it('takes what is typed before its code has come, and no key is a shortcut', async () => {
  await page.goto('/dashboard')
  await watched.settled()
  let release = (): void => undefined
  const held = new Promise<void>((resolve) => (release = resolve))
  await page.route('**/static/Palette-*.js', async (route) => {
    await held
    await route.continue()
  })
  await page.getByRole('button', { name: 'Hide amounts' }).focus()
  await page.keyboard.press('Control+K')
  await page.keyboard.type('mobxs')
  await page.keyboard.press('Backspace')
  expect(new URL(page.url()).pathname).toBe('/dashboard')
  release()
  const field = page.locator('[role=dialog] input:focus')
  await field.waitFor()
  expect(await field.inputValue()).toBe('mobx')
  await page.keyboard.type('y')
  expect(await field.inputValue()).toBe('mobxy')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog', { name: 'Command palette' }).waitFor({ state: 'detached' })
  expect(new URL(page.url()).pathname).toBe('/dashboard')
  await page.locator('[aria-label="Hide amounts"]:focus').waitFor()
  await page.unroute('**/static/Palette-*.js')
})

it('fills in a ticket, which is reviewed and placed with the keyboard alone', async () => {
  await command('buy 0.1 eth', 'Buy 0.1 ETH')
  await amount().waitFor()
  expect(await amount().inputValue()).toBe('0.1')
  await page.getByRole('form', { name: 'Order ticket for ETH' }).waitFor()
  expect(inputsOf('TicketPlaceOrder')).toEqual([])
  await page.locator('button:not([aria-disabled])', { hasText: 'Review buy' }).waitFor()
  await page.keyboard.press('End')
  await page.keyboard.press('Enter')
  const place = page.locator('button:not([aria-disabled])', { hasText: 'Place order' })
  await place.waitFor()
  expect(inputsOf('TicketPlaceOrder')).toEqual([])
  // Only then does the dialog hold the focus.
  await page.locator('[role=dialog] h2 :focus').waitFor()
  const focused = () => page.evaluate<string>('document.activeElement.textContent')
  for (let steps = 0; steps < 9 && (await focused()) !== 'Place order'; steps += 1) {
    await page.keyboard.press('Tab')
  }
  await page.keyboard.press('Enter')
  await page.getByText('Bought 0.1 ETH').waitFor()
  expect(await trader.holds('ETH')).toBe('0.1')
})

it('fills in dollars, a limit and a share of what is held', async () => {
  await command('buy $50 btc at 60k', 'Buy BTC for $50.00 at $60,000.00')
  await page.getByRole('form', { name: 'Order ticket for BTC' }).waitFor()
  await page.getByLabel('Limit price').waitFor()
  expect(await page.getByLabel('Limit price').inputValue()).toBe('60000')
  expect(await page.getByLabel('Amount in US dollars').inputValue()).toBe('50.00')
  await command('ｓｅｌｌ ２５％ Bitcoin', 'Sell 25% of your BTC')
  await page.getByLabel('Quantity of BTC').waitFor()
  expect(await page.getByLabel('Quantity of BTC').inputValue()).toBe('0.005')
  await page.getByRole('button', { name: 'Review sale' }).waitFor()
  await command('卖0.01个比特币', 'Sell 0.01 BTC')
  await page.locator('.understood', { hasText: '0.01 BTC' }).waitFor()
  await command('sell all btc', 'Sell 100% of your BTC')
  await page.locator('.understood', { hasText: '0.02 BTC' }).waitFor()
  expect(inputsOf('TicketPlaceOrder')).toHaveLength(1)
})

it('fills in an alert in the direction of its price', async () => {
  await command('alert btc 80k', 'Alert when BTC rises to $80,000.00')
  const price = page.locator('[data-path=alert-price]:focus')
  await price.waitFor()
  expect(await price.inputValue()).toBe('80000')
  expect(await page.getByRole('radio', { name: 'Rises to' }).isChecked()).toBe(true)
  await command('alert btc 60k', 'Alert when BTC falls to $60,000.00')
  await page.locator('.understood', { hasText: '$60,000.00' }).waitFor()
  expect(await page.getByRole('radio', { name: 'Falls to' }).isChecked()).toBe(true)
})

it('fills in a movement of cash', async () => {
  await command('deposit 500', 'Deposit $500.00')
  await amount().waitFor()
  await page.getByRole('button', { name: 'Deposit $500.00' }).waitFor()
  await command('提现20', 'Withdraw $20.00')
  await page.getByRole('button', { name: 'Withdraw $20.00' }).waitFor()
  await amount().waitFor()
  expect(await trader.cash()).not.toBe('')
})

it('keeps the focus when the page of an earlier command comes late', async () => {
  let release = (): void => undefined
  const held = new Promise<void>((resolve) => (release = resolve))
  await page.goto('/orders')
  await watched.settled()
  await page.route('**/static/AccountPage-*.js', async (route) => {
    await held
    await route.continue()
  })
  await command('deposit 70', 'Deposit $70.00')
  await type('or')
  release()
  await page.getByRole('button', { name: 'Deposit $70.00' }).waitFor()
  await page.keyboard.type('d')
  expect(await page.locator('[role=dialog] input:focus').inputValue()).toBe('ord')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog', { name: 'Command palette' }).waitFor({ state: 'detached' })
  await page.unroute('**/static/AccountPage-*.js')
})

it('takes one command after another at once', async () => {
  await page.emulateMedia({ reducedMotion: 'no-preference' })
  for (const text of ['buy $70 eth', 'sell 25% btc', 'alert btc 90k', 'deposit 80']) {
    await type(text)
    await page.keyboard.press('Enter')
  }
  await page.getByRole('button', { name: 'Deposit $80.00' }).waitFor()
  await watched.settled()
  expect(new URL(page.url()).pathname).toBe('/account')
  await page.goto('/trade/ETH')
  await page.locator('[data-path=amount]').waitFor()
  expect(await page.locator('[data-path=amount]').inputValue()).toBe('70.00')
  await page.goto('/trade/BTC')
  await page.locator('.understood', { hasText: '0.005 BTC' }).waitFor()
  await page.emulateMedia({ reducedMotion: 'reduce' })
})

it('goes to pages', async () => {
  await command('go to orders', 'Orders')
  await page.getByRole('heading', { name: 'Orders', level: 1 }).waitFor()
})

it('lists the shortcuts, which turn off there and on again', async () => {
  const list = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
  const turn = async (on: boolean) => {
    await command('shortcuts', 'Keyboard shortcuts')
    await list.getByRole('switch', { name: 'Single-key shortcuts' }).press('Space')
    expect(await list.getByRole('switch').isChecked()).toBe(on)
    await page.keyboard.press('Escape')
    await list.waitFor({ state: 'detached' })
  }
  const { pathname } = new URL(page.url())
  await turn(false)
  await page.keyboard.press('m')
  await page.keyboard.press('?')
  await turn(true)
  expect(new URL(page.url()).pathname).toBe(pathname)
  await page.keyboard.press('?')
  await list.waitFor()
  await page.keyboard.press('Escape')
  await list.waitFor({ state: 'detached' })
})

it('tells assistive technology which result Enter would choose', async () => {
  await type('or')
  const field = page.getByRole('combobox', { name: /^Go to a page/ })
  const chosen = page.getByRole('option', { selected: true })
  await page.getByRole('listbox', { name: 'Results' }).waitFor()
  expect(await field.getAttribute('aria-expanded')).toBe('true')
  await chosen.filter({ hasText: 'Portfolio' }).waitFor()
  await page.keyboard.press('ArrowDown')
  await chosen.filter({ hasText: 'Orders' }).waitFor()
  expect(await chosen.count()).toBe(1)
  expect(await field.getAttribute('aria-activedescendant')).toBe(await chosen.getAttribute('id'))
  expect(await page.locator('[data-action][data-selected]').getAttribute('id')).toBe(
    await chosen.getAttribute('id'),
  )
  expect(await findBarriers(page)).toEqual([])
  await page.keyboard.type('x y z')
  await page.getByText(/^Nothing is called/).waitFor()
  expect(await field.getAttribute('aria-expanded')).toBe('false')
  expect(await field.getAttribute('aria-activedescendant')).toBeNull()
  await page.keyboard.press('Escape')
})

it('says what it understands, and why it did not', async () => {
  await type('frob')
  await type('frobnicate')
  const palette = page.getByRole('dialog', { name: 'Command palette' })
  await palette.getByText('Nothing is called “frobnicate”.').waitFor()
  await palette.getByText('sell 25% btc').waitFor()
  await palette.getByRole('combobox').fill('buy 0,1 eth')
  await palette.getByText('“0,1”: “,” only separates thousands').waitFor()
  for (const [text, reason] of [
    ['deposit 99999999', '$99,999,999.00 is beyond what you can move. At most $'],
    ['提现 99999', '$99,999.00 is beyond what you can move. At most $'],
    ['buy $99999 btc', 'The most is $10,000.00.'],
    ['买 9 比特币 限价 60000', 'The most is $10,000.00, at the highest'],
  ] as const) {
    await palette.getByRole('combobox').fill(text)
    await palette.getByText(reason).waitFor()
    expect(await palette.getByRole('option').count()).toBe(0)
  }
  expect(await findBarriers(page)).toEqual([])
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
  await palette.waitFor({ state: 'detached' })
  expect(new URL(page.url()).pathname).toBe('/orders')
})
