import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { signIn } from '../world/browser.ts'
import { openTicketStage, ticketOf, type TicketStage } from '../world/ticket.ts'
import type { Trader } from '../world/trader.ts'
import type { Page } from 'playwright-core'

let stage: TicketStage
let page: Page
let other: Trader

beforeAll(async () => {
  stage = await openTicketStage()
  page = stage.watched.page
  other = await stage.world.trader({ cash: '5000.00' })
})
afterAll(() => stage.stop())

const { quantity, review, dialog, placeOrder } = ticketOf(() => page)
const orders = () => stage.inputsOf('TicketPlaceOrder')
const deposits = () => stage.inputsOf('AccountDeposit')
const amount = () => page.getByLabel('Amount in US dollars')

const sizes = [
  [1440, 900],
  [1100, 800],
  [390, 844],
] as const

/** What reaches beyond the panel with the ticket, and buttons that show less than their text. */
const findWide = `{
  const form = document.querySelector('form.ticket')
  const right = form.getBoundingClientRect().right + 1
  const wide = [...form.querySelectorAll('*')].filter(
    (element) => element.getBoundingClientRect().right > right,
  )
  const cut = [...form.querySelectorAll('.mantine-Button-label')].filter(
    (label) => label.scrollWidth > label.clientWidth + 1,
  )
  ;[...wide, ...cut].map((element) => element.outerHTML.slice(0, 120))
}`

/** Lets the platform do what it is asked for, and loses its answer. */
async function loseAnswers(operation: string): Promise<void> {
  await page.route('**/graphql', async (route) => {
    if (!route.request().postData()?.includes(operation)) return route.continue()
    await route.fetch()
    return route.abort()
  })
}

describe('an order', () => {
  beforeEach(async () => {
    await page.goto('/trade?asset=ETH&side=buy')
    await quantity('ETH').fill('0.01')
    await page.getByText('You pay').waitFor()
  })

  it('is not placed by a double or held Enter in the field of the amount', async () => {
    await quantity('ETH').focus()
    await page.keyboard.press('Enter')
    await page.keyboard.press('Enter')
    await dialog().getByText('You pay').waitFor()
    await page.locator('[role=dialog] h2 :focus').waitFor()
    // Playwright marks each further one as a repeat, until the key goes up.
    for (let count = 0; count < 5; count += 1) await page.keyboard.down('Enter')
    await page.keyboard.up('Enter')
    expect(await dialog().count()).toBe(1)
    expect(orders()).toEqual([])
    // The title has the focus; the button is a few steps away.
    const focused = async () => (await page.locator('button:focus').allInnerTexts()).at(0)
    for (let steps = 0; steps < 9 && (await focused()) !== 'Place order'; steps += 1) {
      await page.keyboard.press('Tab')
    }
    expect(await focused()).toBe('Place order')
    await page.keyboard.press('Enter')
    await page.getByText('Bought 0.01 ETH').first().waitFor()
    expect(orders()).toHaveLength(1)
  })

  it('whose answer was lost is sent again in the words of the button, and reported as one', async () => {
    const before = await stage.trader.holds('ETH')
    await loseAnswers('TicketPlaceOrder')
    await review().click()
    await placeOrder().click()
    await page.getByText('Did your last order go through?').waitFor()
    await page.unroute('**/graphql')
    for (const path of ['/trade?asset=ETH', '/market/ETH']) {
      for (const [width, height] of sizes) {
        await page.setViewportSize({ width, height })
        await page.goto(path)
        const again = page.getByRole('button', { name: 'Send the order again (buy 0.01 ETH)' })
        await again.waitFor()
        expect(await page.evaluate<string[]>(findWide)).toEqual([])
      }
    }
    await page.setViewportSize({ width: 1280, height: 900 })
    await page.getByRole('button', { name: 'Send the order again (buy 0.01 ETH)' }).click()
    await page.getByText(/^Bought 0\.01 ETH once, on /).waitFor()
    expect(Number(await stage.trader.holds('ETH'))).toBeCloseTo(Number(before) + 0.01, 8)
    expect(orders().at(-1)).toEqual(orders().at(-2))
  })
})

describe('a deposit whose answer was lost', () => {
  it('is asked about, on the next visit of the page too, and never made twice', async () => {
    const before = Number(await stage.trader.cash())
    await page.goto('/account')
    await loseAnswers('AccountDeposit')
    await amount().fill('71.71')
    await amount().press('Enter')
    await page.getByText('Did your deposit of $71.71 go through?').waitFor()
    await page.unroute('**/graphql')
    await page.getByRole('link', { name: 'Market' }).first().click()
    await page.getByRole('heading', { level: 1, name: 'Market' }).waitFor()
    await page.goto('/account')
    await page.getByText('Did your deposit of $71.71 go through?').waitFor()
    expect(await amount().count()).toBe(0)
    await page.getByRole('button', { name: 'Send the deposit again ($71.71)' }).click()
    await page.getByText(/^\$71\.71 deposited once, on /).waitFor()
    expect(await page.getByText('$71.71 deposited', { exact: true }).count()).toBe(0)
    expect(deposits()[1]).toEqual(deposits()[0])
    expect(Number(await stage.trader.cash())).toBeCloseTo(before + 71.71, 2)
  })
})

describe('two users in one browser', () => {
  beforeEach(async () => {
    await page.context().clearCookies()
    await page.evaluate('localStorage.clear()')
    // A tab that waits on the sign-in page learns that somebody has signed in.
    const waiting = await page.context().newPage()
    await waiting.goto('/sign-in?next=%2Faccount')
    await waiting.getByLabel('Username').waitFor()
    await signIn(page, stage.trader)
    await waiting.getByRole('heading', { level: 1, name: 'Account' }).waitFor()
    await waiting.getByText(stage.trader.username).first().waitFor()
    await waiting.close()
  })

  /** Signs in in another tab. Without `isTold` this tab only learns of it when it renews its session. */
  async function signInElsewhere(isTold: boolean): Promise<void> {
    const tab = await page.context().newPage()
    await tab.goto('/sign-in')
    await tab.evaluate(
      `fetch('/auth/sign-in', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '${JSON.stringify({ username: other.username, password: other.password })}',
      })`,
    )
    if (isTold)
      await tab.evaluate(`localStorage.setItem('cnop-was-signed-in', '${other.username}')`)
    await tab.close()
  }

  it.each([
    ['is told', true],
    ['renews its session only when it sends', false],
  ])('share no open review when the tab %s', async (_when, isTold) => {
    const [mine, theirs, sent] = [await stage.trader.cash(), await other.cash(), orders().length]
    await page.goto('/trade?asset=ETH&side=buy')
    await quantity('ETH').fill('0.01')
    await review().click()
    await dialog().getByText('You pay').waitFor()
    await signInElsewhere(isTold)
    // In one step, because the next request of any kind renews the expired session.
    const expireAndPlace = `{
      const { now } = Date
      Date.now = () => now() + 595_000
      const buttons = [...document.querySelectorAll('[role=dialog] button')]
      buttons.find(({ textContent }) => textContent === 'Place order').click()
    }`
    if (!isTold) await page.evaluate(expireAndPlace)
    await page.getByText(`You are now signed in as ${other.username}`).waitFor()
    expect(await dialog().count()).toBe(0)
    expect(await quantity('ETH').inputValue()).toBe('')
    expect([await stage.trader.cash(), await other.cash()]).toEqual([mine, theirs])
    expect(orders()).toHaveLength(sent)
  })
})
