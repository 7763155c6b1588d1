import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { openBrowser, openPage, signIn, type WatchedPage } from '../world/browser.ts'
import { described, refuses, topOf, watchInputs } from '../world/forms.ts'
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
  market = await startTestMarket({ BTC: 70_341.23, ETH: 3_500 })
  world = await startWorld({
    WEB_ENABLED: 'true',
    WEB_PORT: '0',
    ...market.env,
  })
  browser = await openBrowser()
  trader = await world.trader({ cash: '5000.00' })
  watched = await openPage(browser, `http://127.0.0.1:${world.router.webPort ?? 0}`)
  page = watched.page
  inputsOf = watchInputs(page)
  await signIn(page, trader)
})

afterAll(async () => {
  await browser.close()
  await world.stop()
  await market.stop()
})

describe('the cash form', () => {
  const amount = () => page.getByLabel('Amount in US dollars')
  const deposit = () => page.getByRole('button', { name: /^Deposit/ })

  beforeAll(() => page.goto('/account'))

  it('shows why nothing can be sent yet', async () => {
    expect(await deposit().isDisabled()).toBe(true)
    expect(await described(deposit())).toBe('Enter an amount first.')
  })

  it('sends no invalid input, and shows the expected format', async () => {
    const place = await topOf(deposit())
    const separators =
      /“,” only separates thousands and “\.” starts the decimals, as in 1,250\.50\./
    for (const text of ['12,50', '1.000,50', '1,25', '0,500', '1,00,000']) {
      await refuses(amount(), deposit(), text, separators)
    }
    await refuses(amount(), deposit(), '1.2.3', /^Only one “\.” .* this has 2\./)
    for (const text of ['5$', '€5', '+5', '٣', '５', '1 250.50', '1\u00a0250', '1\u202f250']) {
      await refuses(
        amount(),
        deposit(),
        text,
        /cannot be part of an amount\. Write it as in 1,250\.50/,
      )
    }
    await refuses(amount(), deposit(), '-5', /above zero/)
    await refuses(amount(), deposit(), '0.00', /above zero/)
    await refuses(amount(), deposit(), '12.505', /At most 2 decimal places; this has 3\./)
    await refuses(amount(), deposit(), '10,000.01', /At most \$5,000\.00 right now\./)
    // The error has replaced the hint: nothing below it has moved.
    expect(await topOf(deposit())).toBe(place)
    expect(inputsOf('AccountDeposit')).toEqual([])
    expect(await trader.cash()).toBe('5000.00')
  })

  it('keeps every character of typed and pasted text', async () => {
    await amount().fill('')
    await amount().pressSequentially('1a2,b5')
    expect(await amount().inputValue()).toBe('1a2,b5')
    await amount().fill('')
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.evaluate(`navigator.clipboard.writeText('12\\n50')`)
    await amount().press('Control+V')
    // The browser replaces a line break by a space.
    expect(await amount().inputValue()).toBe('12 50')
    expect(await deposit().isDisabled()).toBe(true)
  })

  it('shows the parsed amount and sends exactly that', async () => {
    await page.evaluate(`navigator.clipboard.writeText(' $1,250.50 ')`)
    await amount().fill('')
    await amount().press('Control+V')
    expect(await amount().inputValue()).toBe(' $1,250.50 ')
    expect(await described(amount())).toBe('$1,250.50')
    await page.getByRole('button', { name: 'Deposit $1,250.50' }).click()
    await page.getByText('$1,250.50 deposited').waitFor()
    await amount().fill('.5')
    expect(await described(amount())).toBe('$0.50')
    await page.getByRole('button', { name: 'Deposit $0.50' }).click()
    await page.getByText('$0.50 deposited').waitFor()
    expect(inputsOf('AccountDeposit').map(({ amount: plain }) => plain)).toEqual([
      '1250.50',
      '0.50',
    ])
    expect(await trader.cash()).toBe('6251.00')
  })

  it('parses a withdrawal in the same way', async () => {
    await page.getByRole('radiogroup', { name: 'Direction' }).getByText('Withdraw').click()
    const withdraw = page.getByRole('button', { name: /^Withdraw(?! all| the most)/ })
    await refuses(amount(), withdraw, '12,50', /only separates thousands/)
    await amount().fill('1,251.00')
    await page.getByRole('button', { name: 'Withdraw $1,251.00' }).click()
    await page.getByText('$1,251.00 withdrawn').waitFor()
    expect(inputsOf('AccountWithdraw').map(({ amount: plain }) => plain)).toEqual(['1251.00'])
    expect(await trader.cash()).toBe('5000.00')
  })

  it('is stricter over the API, which accepts only a plain decimal number', async () => {
    for (const text of ['12,50', '1,250.50', '.5', '1e3', ' 5', '+5', '５']) {
      expect((await trader.deposits(text)).codes).toEqual(['BAD_USER_INPUT'])
    }
    expect(await trader.cash()).toBe('5000.00')
  })
})

describe('the price alert form', () => {
  it('parses prices in the same way', async () => {
    await page.goto('/market/BTC')
    await watched.settled()
    const field = page.getByLabel('Alert price in US dollars')
    const set = page.getByRole('button', { name: 'Set alert' })
    const place = await topOf(set)
    await refuses(field, set, '-5', /^The price must be above zero/)
    expect(await described(set)).toBe('Correct the price above first.')
    await refuses(field, set, '80.000,5', /only separates thousands/)
    await refuses(field, set, '80000,5', /only separates thousands/)
    await refuses(
      field,
      set,
      '1,000,000,000.01',
      /Choose a price above \$70,341\.23 and at most \$1,000,000,000\.00\./,
    )
    await refuses(field, set, '70000', /Choose a price above \$70,341\.23/)
    expect(await topOf(set)).toBe(place)
    await field.fill('80,000.125')
    expect(await described(field)).toMatch(/^\$80,000\.125/)
    await set.click()
    await page.getByText('Rises to $80,000.125', { exact: true }).waitFor()
    expect(inputsOf('AssetCreatePriceAlert').map(({ price }) => price)).toEqual(['80000.125'])
    await field.fill('80000.125')
    await set.click()
    await page.getByText('This is the price of an equal alert that you have already.').waitFor()
  })
})

describe('the profile', () => {
  it('refuses a date of birth outside the accepted ages', async () => {
    await page.goto('/profile')
    const born = page.getByLabel('Date of birth')
    const save = page.getByRole('button', { name: 'Save' })
    const place = await topOf(save)
    for (const date of ['2024-01-01', '1850-01-01']) {
      await born.fill(date)
      await save.click()
      await page.getByText('You must be between 13 and 120 years old.').waitFor()
    }
    expect(inputsOf('ProfileUpdate')).toEqual([])
    expect(await topOf(save)).toBe(place)
  })

  it('moves no button when every field has an error, on a phone neither', async () => {
    const personal = page.getByRole('form', { name: 'Personal data' })
    const save = page.getByRole('button', { name: 'Save' })
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 900 })
      await page.reload()
      await watched.settled()
      const place = await topOf(save)
      for (const label of ['First name', 'Last name', 'Phone']) {
        await personal.getByLabel(label).fill('1')
      }
      await personal.getByLabel('Date of birth').fill('2024-01-01')
      await save.click()
      await page.getByText('You must be between 13 and 120 years old.').waitFor()
      expect(await personal.locator('[aria-invalid=true]').count()).toBe(4)
      expect(await topOf(save)).toBe(place)
    }
  })
})

describe('the page', () => {
  it('logged no error in the console', () => {
    expect(watched.problems).toEqual([])
  })
})

describe('an address with an unknown id', () => {
  it.each([
    ['/orders/ord_xxx', 'No such order', '← Orders'],
    ['/orders/ord_0000000001', 'No such order', '← Orders'],
    ['/orders/%3Cb%3E', 'No such order', '← Orders'],
    ['/orders/%F0%9F', 'No such order', '← Orders'],
    ['/orders/%00', 'No such order', '← Orders'],
    [`/orders/${'x'.repeat(300)}`, 'No such order', '← Orders'],
    ['/market/NOPE', 'No such asset', '← Market'],
    ['/market/%3Cb%3E', 'No such asset', '← Market'],
    ['/market/%00', 'No such asset', '← Market'],
    ['/market/%ZZ', 'No such asset', '← Market'],
    [`/market/${'A'.repeat(300)}`, 'No such asset', '← Market'],
  ])('%s has a page that says %s', async (path, title, link) => {
    await page.goto(path)
    await page.getByRole('heading', { level: 1, name: title }).waitFor()
    await page.getByRole('link', { name: link }).waitFor()
    expect(await page.getByRole('button', { name: 'Retry' }).count()).toBe(0)
  })

  it('of a ticket is reported in place of the ticket', async () => {
    await page.goto('/trade?asset=NOPE')
    // By the ticket and in place of the chart.
    const sentences = page.getByText('Nothing in the market is called NOPE.')
    await sentences.nth(1).waitFor()
    await watched.settled()
    expect(watched.problems).toEqual([])
    expect(await page.getByRole('button', { name: /Retry|Review/ }).count()).toBe(0)
    for (const path of ['/trade?asset=%00', '/trade/%00', '/trade/%3Cb%3E']) {
      await page.goto(path)
      await page.getByText('No asset can have this name.').first().waitFor()
      expect(await page.getByRole('button', { name: /Retry|Review/ }).count()).toBe(0)
    }
  })
})
