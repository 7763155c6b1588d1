import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { findBarriers, openBrowser, openPage, signIn, type WatchedPage } from '../world/browser.ts'
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
  await page.getByLabel('First name').fill('Ada')
  await page.getByLabel('Last name').fill('Trader')
  await page.getByLabel('E-mail').fill(`${username}@example.com`)
  await page.getByLabel('Username').fill(username)
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  const phone = page.getByLabel('Phone')
  await phone.fill('12')
  // At its edge, which an error that appears above would move away.
  await page.getByRole('button', { name: 'Open account' }).click({ position: { x: 40, y: 2 } })
  await page.getByText(/^10 to 15 digits; spaces/).waitFor()
  await page.locator('[data-path="phone"]:focus').waitFor()
  await phone.fill('')
  await page.getByRole('button', { name: 'Open account' }).click()
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
    await page.getByText(username).first().waitFor()
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
    await page.getByRole('table', { name: 'Recent fills' }).getByText('BTC').first().waitFor()
  })

  it('sees the holding in the portfolio', async () => {
    await page.getByRole('link', { name: 'Portfolio' }).click()
    await page
      .getByRole('table', { name: 'Holdings' })
      .getByText('0.01', { exact: false })
      .first()
      .waitFor()
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
    '/trade',
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
    expect(await findBarriers(page)).toEqual([])
    await page.emulateMedia({ colorScheme: 'dark' })
    expect(await findBarriers(page)).toEqual([])
    await page.emulateMedia({ colorScheme: 'light' })
    expect(watched.problems).toEqual([])
  })

  it('/orders keeps its filters in the address', async () => {
    await page.goto('/orders?status=CANCELLED')
    const status = page.getByRole('combobox', { name: 'Status' })
    await page.getByText('No order matches').waitFor()
    expect(await status.inputValue()).toBe('Cancelled')
    await status.click()
    await page.getByRole('option', { name: 'Filled' }).click()
    await page.getByRole('table', { name: 'All orders' }).getByText('BTC').first().waitFor()
    await page.getByRole('link', { name: 'Portfolio' }).click()
    await page.getByRole('table', { name: 'Holdings' }).waitFor()
    await page.goBack()
    await page.waitForURL('**/orders?status=COMPLETED')
    expect(await status.inputValue()).toBe('Filled')
  })
})
