import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Page } from 'playwright-core'
import { openPage, signIn } from '../world/browser.ts'
import { openTicketStage, ticketOf, type TicketStage } from '../world/ticket.ts'

let stage: TicketStage
let page: Page

beforeAll(async () => {
  stage = await openTicketStage()
  page = stage.watched.page
  await page.setViewportSize({ width: 1440, height: 900 })
})
afterAll(() => stage.stop())

const { quantity, limit, review, choose, placeOrder } = ticketOf(() => page)

const bell = () => page.getByRole('button', { name: /^Notifications/ })
const list = () => page.getByRole('dialog', { name: 'Notifications' })
const filled = (checked?: boolean) =>
  page.getByRole('switch', {
    name: 'An order that waited fills',
    ...(checked === undefined ? {} : { checked }),
  })

/** Buys at a limit below the market; the market then falls to it. */
async function buysAtLimit(size: string, price: number): Promise<void> {
  await page.goto('/trade/ETH?side=buy')
  await choose('Order type', 'Limit')
  await limit().fill(String(price))
  await quantity('ETH').fill(size)
  await review().click()
  await placeOrder().click()
  const orders = page.getByRole('table', { name: 'Open orders' })
  await orders.getByText(`${size} ETH`).filter({ visible: true }).first().waitFor()
  stage.market.setPrice('ETH', price - 1)
  // The toast tells of the order itself, whatever the bell lists.
  await page.getByText(`Bought ${size} ETH at`).waitFor()
}

async function choosesFills(isOn: boolean): Promise<void> {
  await page.goto('/account')
  await filled().setChecked(isOn)
  const query = '{ me { notificationChoices { kind channels } } }'
  await filled(isOn).and(page.locator('[aria-busy=false]')).waitFor()
  const { data } = await stage.trader.ask<{
    me: { notificationChoices: { kind: string; channels: string[] }[] }
  }>(query)
  expect(data?.me.notificationChoices).toContainEqual({
    kind: 'ORDER_FILLED',
    channels: isOn ? ['BELL'] : [],
  })
}

describe('the notifications of an account', () => {
  it('leave out the kind that was switched off, until it is switched on', async () => {
    await choosesFills(false)
    await buysAtLimit('0.01', 3_400)
    await choosesFills(true)
    await buysAtLimit('0.02', 3_300)
    await bell().click()
    await list().getByText('Your limit order bought 0.02 ETH at $3,299.00.').waitFor()
    expect(await list().getByRole('listitem').allInnerTexts()).toHaveLength(1)
  })

  it('tell of an alert on a change in per cent once the market has moved that far', async () => {
    await page.goto('/market/ETH')
    const form = page.getByRole('form', { name: 'New price alert' })
    await choose('Unit of the alert', '%')
    await choose('Notify me when the price', 'Falls by')
    await form.getByLabel('Change in per cent').fill('5')
    await form.getByRole('button', { name: 'Set alert' }).click()
    await page.getByText(/^You will be notified when ETH falls by 5% to/).waitFor()
    stage.market.setPrice('ETH', 3_130)
    const text = 'ETH fell to $3,130.00. You asked to be told of a fall by 5% from $3,299.00.'
    await page.getByText(text).first().waitFor()
    await bell().click()
    await list().getByText(text).waitFor()
    await list().getByText(text).click()
    await page.waitForURL('**/market/ETH')
  })

  it('are asked for at a value of the portfolio, in a list from which the alert is cancelled', async () => {
    await page.goto('/portfolio')
    const panel = page.getByRole('region', { name: 'Portfolio alerts' })
    await choose('Notify me when my portfolio', 'Falls to')
    await panel.getByLabel('Portfolio value in US dollars').fill('1,000')
    await panel.getByRole('button', { name: 'Set alert' }).click()
    const item = panel.getByRole('listitem').filter({ hasText: 'Falls to $1,000.00' })
    await item.waitFor()
    const statuses = async () => {
      const query = '{ me { portfolioAlerts { value status } } }'
      type Answer = { me: { portfolioAlerts: { value: string; status: string }[] } }
      return (await stage.trader.ask<Answer>(query)).data?.me.portfolioAlerts
    }
    expect(await statuses()).toEqual([{ value: '1000.00', status: 'ACTIVE' }])
    await item.getByRole('button', { name: /^Cancel/ }).click()
    await panel.getByText('No alert is set.').waitFor()
    expect(await statuses()).toEqual([{ value: '1000.00', status: 'CANCELLED' }])
  })

  it('logged no error in the console', () => {
    expect(stage.watched.problems).toEqual([])
  })
})

describe('where streams are unavailable', () => {
  async function withoutStreams(): Promise<Page> {
    const { page } = await openPage(stage.browser, stage.origin)
    await page.route('**/stream', (route) => route.fulfill({ status: 503, body: '{}' }))
    return page
  }

  it('shows prices by polling, and states so', async () => {
    const page = await withoutStreams()
    await page.goto('/market')
    await page.getByText('Prices every 3 s').waitFor()
    stage.market.setPrice('BTC', 71_000)
    await page
      .getByRole('row', { name: /Bitcoin/ })
      .getByText('$71,000.00')
      .waitFor()
    await page.context().close()
  })

  it('shows the cash of the account as another session changes it', async () => {
    const page = await withoutStreams()
    const owner = await stage.world.trader({ cash: '100.00' })
    await signIn(page, owner)
    await page.goto('/account')
    const cash = page.getByRole('region', { name: 'Cash', exact: true })
    await cash.getByText('$100.00', { exact: true }).first().waitFor()
    expect((await owner.deposits('23.45')).codes).toEqual([])
    await cash.getByText('$123.45', { exact: true }).first().waitFor()
    await page.getByText('$23.45').first().waitFor()
    await page.context().close()
  })
})
