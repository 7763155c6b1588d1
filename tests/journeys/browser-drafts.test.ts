import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Page } from 'playwright-core'
import { openTicketStage, ticketOf, type TicketStage } from '../world/ticket.ts'
import type { Trader } from '../world/trader.ts'

let stage: TicketStage
let page: Page
let other: Trader

beforeAll(async () => {
  stage = await openTicketStage({ ORDER_MAX_VALUE: '3000' })
  page = stage.watched.page
  other = await stage.world.trader({ cash: '5000.00' })
})
afterAll(() => stage.stop())

const { quantity, limit, review, choose, placeOrder, holdBack } = ticketOf(() => page)
const amount = () => page.getByLabel('Amount in US dollars')
const goTo = async (name: string) => {
  await page.getByRole('link', { name, exact: true }).first().click()
  await page.getByRole('heading', { level: 1, name }).waitFor()
}

interface Sessions {
  readonly me: {
    readonly sessions: readonly { readonly id: string; readonly isCurrent: boolean }[]
  }
}

/** Ends the browser's sessions from another device, and waits until the page has noticed. */
async function endElsewhere(trader: Trader): Promise<void> {
  const { data } = await trader.ask<Sessions>('{ me { sessions { id isCurrent } } }')
  const others = data?.me.sessions.filter(({ isCurrent }) => !isCurrent) ?? []
  expect(others.length).toBeGreaterThan(0)
  for (const { id } of others) {
    const revoke = 'mutation ($id: ID!) { revokeSession(sessionId: $id) { sessionId } }'
    expect((await trader.ask(revoke, { id })).codes).toEqual([])
  }
  await page.getByText('Your session has ended.').waitFor()
}

/** Signs in on the page that asks for it, and returns to the ticket. */
async function comeBackAs({ username, password }: Trader): Promise<void> {
  await page.getByLabel('Username').fill(username)
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await quantity('ETH').waitFor()
}

describe('a session that ended elsewhere', () => {
  it('leaves the draft of the ticket to the same user, and to no other', async () => {
    const draftOf = async () => [
      await quantity('ETH').inputValue(),
      await limit().inputValue(),
      await page.getByRole('button', { name: 'Buy', exact: true }).getAttribute('aria-pressed'),
    ]
    await page.goto('/trade?asset=ETH&side=buy')
    await choose('Order type', 'Limit')
    await quantity('ETH').fill('0.017')
    await limit().fill('3,210.5')
    await endElsewhere(stage.trader)
    await comeBackAs(stage.trader)
    expect(await draftOf()).toEqual(['0.017', '3,210.5', 'true'])
    await endElsewhere(stage.trader)
    await comeBackAs(other)
    expect(await quantity('ETH').inputValue()).toBe('')
    expect(await page.evaluate('JSON.stringify(sessionStorage)')).not.toContain('3,210.5')
  })
})

describe('an answer that arrives after its page was left', () => {
  it('settles the ticket that was opened again meanwhile', async () => {
    await page.goto('/portfolio')
    await goTo('Trade')
    // The asset that was traded last.
    await quantity('ETH').fill('0.019')
    await review().click()
    const answer = await holdBack('TicketPlaceOrder')
    await placeOrder().click()
    await page.goBack()
    await page.getByRole('heading', { level: 1, name: 'Portfolio' }).waitFor()
    await page.goForward()
    await page.getByText('Did your last order go through?').waitFor()
    answer()
    await page.getByText('Bought 0.019 ETH').first().waitFor()
    await page.getByText('Did your last order go through?').waitFor({ state: 'detached' })
    expect(await quantity('ETH').inputValue()).toBe('')
    expect(await quantity('ETH').isEnabled()).toBe(true)
    await page.unroute('**/graphql')
  })

  it('is said again by the page of a reload, which has not arrived before it', async () => {
    await page.goto('/trade?asset=ETH&side=buy')
    await quantity('ETH').fill('0.021')
    await review().click()
    const answer = await holdBack('TicketPlaceOrder')
    const toast = page.getByRole('alert').filter({ hasText: 'Bought 0.021 ETH' })
    // Locators wait for the navigation, which is held back until the old page has its answer.
    const answered = page
      .waitForResponse(
        (response) => response.request().postData()?.includes('TicketPlaceOrder') ?? false,
      )
      .then((response) => response.finished())
    await page.route(/\/trade/, async (route) => {
      if (route.request().isNavigationRequest()) await answered
      await route.continue()
    })
    await placeOrder().click()
    const reloaded = page.reload()
    answer()
    await reloaded
    await toast.waitFor()
    await quantity('ETH').waitFor()
    expect(await quantity('ETH').inputValue()).toBe('')
    await page.unroute(/\/trade/)
    await page.unroute('**/graphql')
    // Once: it is no news of the next reload.
    await toast.getByRole('button', { name: 'Dismiss' }).click()
    await toast.waitFor({ state: 'detached' })
    await page.reload()
    await quantity('ETH').waitFor()
    expect(await page.evaluate('JSON.stringify(sessionStorage)')).not.toContain('Bought 0.021')
  })

  it('settles the form of a deposit, which forgets its amount', async () => {
    await page.goto('/account')
    await amount().fill('42.42')
    const answer = await holdBack('AccountDeposit')
    await amount().press('Enter')
    await goTo('Portfolio')
    await goTo('Account')
    await page.getByText('Did your deposit of $42.42 go through?').waitFor()
    answer()
    await page.getByText('Did your deposit of $42.42 go through?').waitFor({ state: 'detached' })
    expect(await amount().inputValue()).toBe('')
    await page.unroute('**/graphql')
  })
})

describe('the ticket of an asset that was left', () => {
  it('says that its draft is back, and clears it', async () => {
    const notice = page.getByText('Your earlier draft for ETH is back.')
    await page.goto('/trade?asset=ETH&side=buy')
    await choose('Unit of the amount', 'ETH')
    await quantity('ETH').fill('0.3')
    await page.goto('/trade?asset=BTC&side=buy')
    await quantity('BTC').waitFor()
    await page.reload()
    await quantity('BTC').waitFor()
    expect(await page.getByText(/^Your earlier draft/).count()).toBe(0)
    await page.goto('/trade?asset=ETH&side=buy')
    await notice.waitFor()
    expect(await quantity('ETH').inputValue()).toBe('0.3')
    await page.getByRole('button', { name: 'Clear', exact: true }).click()
    await notice.waitFor({ state: 'detached' })
    expect(await quantity('ETH').inputValue()).toBe('')
  })
})

describe('a share of the cash', () => {
  it('is not more than one order may be worth, and says so', async () => {
    await page.goto('/trade?asset=ETH&side=buy')
    await choose('Order type', 'Market')
    await choose('Unit of the amount', 'USD')
    await page.getByRole('button', { name: '100%', exact: true }).click()
    await page.getByText('one order may be worth $3,000.00 at most').waitFor()
    expect(await amount().inputValue()).toBe('3000.00')
    await page.locator('button:not([aria-disabled])', { hasText: 'Review buy' }).waitFor()
    await page.getByRole('button', { name: '25%', exact: true }).click()
    await page.getByText('one order may be worth').waitFor({ state: 'detached' })
    expect(Number(await amount().inputValue())).toBeLessThan(1_300)
  })
})

describe('the form of a sign-up', () => {
  it('keeps its input over links of the dashboard, without the password, and stores none of it', async () => {
    await page.context().clearCookies()
    await page.evaluate('localStorage.clear(), sessionStorage.clear()')
    await page.goto('/sign-up')
    await page.getByLabel('First name').fill('Jean-Luc')
    await page.getByLabel('E-mail').fill('luc@example.com')
    await page.getByRole('textbox', { name: 'Password' }).fill('Engage-1701-D')
    await page.getByRole('link', { name: 'Sign in' }).first().click()
    await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor()
    await page.getByRole('link', { name: 'Open an account' }).first().click()
    expect(await page.getByLabel('First name').inputValue()).toBe('Jean-Luc')
    expect(await page.getByLabel('E-mail').inputValue()).toBe('luc@example.com')
    expect(await page.getByRole('textbox', { name: 'Password' }).inputValue()).toBe('')
    const stored = await page.evaluate('JSON.stringify([localStorage, sessionStorage])')
    expect(stored).not.toMatch(/Jean-Luc|Engage/)
  })
})
