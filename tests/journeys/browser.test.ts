import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import {
  findBarriers,
  openBrowser,
  openPage,
  signIn,
  type WatchedPage,
  inBothSchemes,
} from '../world/browser.ts'
import { topOf } from '../world/forms.ts'
import { startWorld, type World } from '../world/world.ts'

let world: World
let browser: Browser
let origin: string

beforeAll(async () => {
  world = await startWorld({ WEB_ENABLED: 'true', WEB_PORT: '0' })
  origin = `http://127.0.0.1:${world.router.webPort ?? 0}`
  browser = await openBrowser()
})

afterAll(async () => {
  await browser.close()
  await world.stop()
})

const username = `browser_${randomBytes(5).toString('hex')}`
const password = 'Correct-Horse-2026'

async function signUp(page: Page): Promise<void> {
  await page.goto('/sign-up')
  const open = page.getByRole('button', { name: 'Open account' })
  // With an error at every required field the button is where it was, on a phone too.
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 900 })
    await page.reload()
    await page.getByLabel('Date of birth').fill('2024-01-01')
    const place = await topOf(open)
    await open.click()
    await page.getByText('You must be between 13 and 120 years old.').waitFor()
    expect(await page.locator('[aria-invalid=true]').count()).toBe(6)
    expect(await topOf(open)).toBe(place)
  }
  await page.getByLabel('Date of birth').fill('')
  await page.getByLabel('First name').fill('Ada')
  await page.getByLabel('Last name').fill('Trader')
  await page.getByLabel('E-mail').fill(`${username}@example.com`)
  await page.getByLabel('Username').fill(username)
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  const phone = page.getByLabel('Phone')
  await phone.fill('12')
  // At its edge, which an error that appears above would move away.
  await open.click({ position: { x: 40, y: 2 } })
  await page.getByText(/^10 to 15 digits; only/).waitFor()
  await page.locator('[data-path="phone"]:focus').waitFor()
  await phone.fill('')
  await open.click()
  await page.waitForURL('**/dashboard')
}

describe('a user of the dashboard', () => {
  let watched: WatchedPage
  let page: Page

  beforeAll(async () => {
    watched = await openPage(browser, origin)
    page = watched.page
  })
  afterAll(() => page.context().close())

  it('opens an account and is signed in', async () => {
    await signUp(page)
    await page.getByRole('heading', { name: 'Dashboard' }).waitFor()
    await page.getByText('Welcome, Ada.').waitFor()
  })

  it('deposits cash', async () => {
    await page.getByRole('link', { name: 'Account' }).click()
    await page.getByLabel('Amount in US dollars').fill('2500.00')
    await page.getByRole('button', { name: 'Deposit $2,500.00' }).click()
    await page.getByText('$2,500.00 deposited').waitFor()
  })

  it('buys at the market after a preview of the cost', async () => {
    await page.goto('/trade?asset=BTC&side=buy')
    await page.getByLabel('Quantity of BTC').fill('0.01')
    await page.getByRole('button', { name: 'Review buy' }).click()
    await page.getByRole('button', { name: 'Place order' }).click()
    await page.getByRole('tab', { name: 'Fills' }).click()
    await page.getByRole('table', { name: 'Recent fills' }).getByText('BTC').first().waitFor()
  })

  it('sees the holding in the portfolio', async () => {
    await page.getByRole('link', { name: 'Portfolio' }).click()
    await page
      .getByRole('table', { name: 'Holdings' })
      .getByText('0.01', { exact: false })
      .filter({ visible: true })
      .first()
      .waitFor()
  })

  it('sees how the portfolio performed, beside Bitcoin', async () => {
    const panel = page.getByRole('region', { name: 'Performance' })
    await panel.getByText('1Y').click()
    const facts = panel.locator('.fact')
    const labels = ['Time-weighted return', 'Money-weighted return', 'BTC in the same time']
    for (const label of labels) await facts.filter({ hasText: label }).getByText('%').waitFor()
    await facts.filter({ hasText: 'Volatility' }).waitFor()
    await facts.filter({ hasText: 'Deepest fall' }).waitFor()
  })

  it('stays signed in over a reload, without a token that scripts can read', async () => {
    await page.reload()
    await page.getByRole('table', { name: 'Holdings' }).waitFor()
    const kept = await page.evaluate<string>(
      'JSON.stringify({ ...localStorage, ...sessionStorage }) + document.cookie',
    )
    expect(kept).not.toMatch(/eyJ|refresh/i)
  })

  it('signs out, and cannot go back', async () => {
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.waitForURL((url) => !url.pathname.startsWith('/portfolio'))
    await page.goto('/portfolio')
    await page.waitForURL('**/sign-in**')
  })

  it('logged no error in the console', () => {
    expect(watched.problems).toEqual([])
  })

  it('is told at the field, or below the button, why a sign-in is refused', async () => {
    const button = page.getByRole('button', { name: 'Sign in' })
    const name = page.getByLabel('Username')
    const place = await topOf(button)
    await name.fill('x'.repeat(300))
    await page.getByRole('textbox', { name: 'Password' }).fill('Wrong-Horse-2026')
    await button.click()
    await page.getByText('This must have at most 256 characters.').waitFor()
    expect(await name.getAttribute('aria-invalid')).toBe('true')
    expect(await page.getByRole('alert').count()).toBe(0)
    await name.fill(username)
    await button.click()
    await page.getByRole('alert').getByText('The username or the password is wrong.').waitFor()
    expect(await topOf(button)).toBe(place)
  })
})

describe('every page', () => {
  let page: Page
  let watched: WatchedPage
  beforeAll(async () => {
    watched = await openPage(browser, origin)
    page = watched.page
    await signIn(page, { username, password })
  })
  afterAll(() => page.context().close())

  it.each([
    '/',
    '/dashboard',
    '/market',
    '/market/BTC',
    '/trade/BTC',
    '/portfolio',
    '/orders',
    '/activity',
    '/account',
    '/profile',
    '/system',
  ])('%s is accessible, in the dark scheme too', async (path) => {
    await page.goto(path)
    await page.getByRole('main').waitFor()
    await watched.settled()
    expect(await inBothSchemes(page, findBarriers)).toEqual([])
    expect(watched.problems).toEqual([])
  })

  it('/orders keeps its filters in the address, and every character of a fast hand', async () => {
    await page.goto('/orders?status=CANCELLED')
    const status = page.getByRole('combobox', { name: 'Status' })
    await page.getByText('No order matches').waitFor()
    expect(await status.inputValue()).toBe('Cancelled')
    await status.click()
    await page.getByRole('option', { name: 'Filled', exact: true }).click()
    await page.getByRole('table', { name: 'All orders' }).getByText('BTC').first().waitFor()
    const asset = page.getByRole('textbox', { name: 'Asset' })
    await asset.focus()
    await page.keyboard.type('btc')
    await page.waitForURL('**/orders?status=COMPLETED&asset=btc')
    await page.getByRole('link', { name: 'Portfolio' }).click()
    await page.getByRole('table', { name: 'Holdings' }).waitFor()
    await page.goBack()
    await page.waitForURL('**/orders?status=COMPLETED&asset=btc')
    expect(await status.inputValue()).toBe('Filled')
    expect(await asset.inputValue()).toBe('btc')
    for (const search of ['ｂｉｔ', 'tcoin', 'btc Bít']) {
      await asset.fill(search)
      await page.waitForURL((url) => url.searchParams.get('asset') === search.normalize('NFKC'))
      await page.getByRole('table', { name: 'All orders' }).getByText('BTC').first().waitFor()
    }
    await asset.fill('bitcoinn')
    await page.getByText('No order matches').waitFor()
  })

  it('/market keeps search, category, order and page in the address', async () => {
    await page.goto('/market?order=descending&page=9&after=nonsense')
    await page.waitForURL('**/market?order=descending')
    const assetsPanel = page.getByRole('region', { name: 'Assets' })
    const assets = assetsPanel.locator('tbody tr')
    await assetsPanel.getByRole('button', { name: 'Name', exact: true }).click()
    await page.waitForURL('**/market?sort=NAME')
    await page.getByRole('button', { name: 'Next' }).click()
    await page.waitForURL('**/market?sort=NAME&page=2&after=*')
    await page.getByText('Page 2').waitFor()
    const first = await assets.first().getByRole('link').first().innerText()
    await page.reload()
    await page.getByText('Page 2').waitFor()
    expect(await assets.first().getByRole('link').first().innerText()).toBe(first)
    await page.getByRole('radiogroup', { name: 'Category' }).getByText('Major').click()
    await page.waitForURL('**/market?category=MAJOR&sort=NAME')
    await page.getByLabel('Search assets').focus()
    await page.keyboard.type('bitcoin c')
    await page.waitForURL('**/market?search=bitcoin+c&category=MAJOR&sort=NAME')
    await assets.first().getByRole('link', { name: 'Bitcoin Cash BCH' }).click()
    await page
      .getByRole('heading', { name: /Bitcoin Cash/ })
      .first()
      .waitFor()
    await page.goBack()
    await page.getByText('1 asset', { exact: true }).waitFor()
    expect(await page.getByLabel('Search assets').inputValue()).toBe('bitcoin c')
    expect(await page.getByRole('radio', { name: 'Major' }).isChecked()).toBe(true)
  })

  const focused = () =>
    page.evaluate<string>(`(() => {
      const { ariaLabel, textContent, tagName } = document.activeElement
      return ariaLabel ?? (textContent || tagName)
    })()`)

  it('gets the focus back when a dialog closes', async () => {
    await page.goto('/activity')
    await watched.settled()
    const palette = page.getByPlaceholder('Go to a page or an asset')
    const list = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
    for (const [key, dialog] of [
      ['Control+K', palette],
      ['?', list],
      ['Control+K', palette],
    ] as const) {
      await page.getByRole('link', { name: 'Orders' }).focus()
      await page.keyboard.press(key)
      await page.locator('[role=dialog] :focus').waitFor()
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'detached' })
      await page.locator('a:focus').waitFor()
      expect(await focused()).toBe('Orders')
    }
    await page.getByRole('button', { name: 'Export' }).click()
    await page.locator('[role=menu] :focus').waitFor({ state: 'attached' })
    await page.keyboard.press('Escape')
    await page.locator('button:focus').waitFor()
    expect(await focused()).toBe('Export')
    // A command leads to the page that it opens.
    await page.keyboard.press('Control+K')
    await page.locator('[role=dialog] :focus').waitFor()
    await page.keyboard.type('Portfolio')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Portfolio', exact: true }).waitFor()
    await page.locator('main:focus').waitFor()
  })

  it('finds pages and assets by any part, whatever the width, case and accents of the letters', async () => {
    for (const [search, found] of [
      ['ＢＴＣ', 'Bitcoin'],
      ['tcó', 'Bitcoin'],
      ['ｏｒｄｅｒ', 'Orders'],
    ] as const) {
      await page.keyboard.press('Control+K')
      await page.locator('[role=dialog] :focus').waitFor()
      await page.keyboard.insertText(search)
      await page.getByRole('dialog').getByRole('option', { name: found }).first().waitFor()
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    }
    await page.goto('/trade?asset=ETH')
    await page.locator('input[value="Ethereum (ETH)"]').waitFor()
    await page.getByRole('combobox', { name: 'Asset' }).click()
    await page.keyboard.insertText('ｂｉｔ')
    await page.getByRole('option', { name: 'Bitcoin (BTC)' }).click()
    await page.waitForURL('**/trade/BTC')
  })
})
