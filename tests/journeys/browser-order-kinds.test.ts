import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Locator, Page } from 'playwright-core'
import { findBarriers } from '../world/browser.ts'
import { described, refuses, shows } from '../world/forms.ts'
import { openTicketStage, ticketOf, type TicketStage } from '../world/ticket.ts'

let stage: TicketStage
let page: Page

beforeAll(async () => {
  stage = await openTicketStage()
  page = stage.watched.page
})
afterAll(() => stage.stop())

const { quantity, limit, review, choose, dialog, placeOrder } = ticketOf(() => page)

const field = (label: string) => page.getByLabel(label, { exact: true })
const sent = () => stage.inputsOf('TicketPlaceOrder').at(-1)

interface Listed {
  readonly type: string
  readonly side: string
  readonly stopPrice: string | null
  readonly stopLimitPrice: string | null
  readonly limitPrice: string | null
}

async function openOrders(): Promise<readonly Listed[]> {
  const query = `{ me { portfolio { openOrders(first: 20) { nodes {
    type side stopPrice stopLimitPrice limitPrice } } } } }`
  const { data } = await stage.trader.ask<{
    me: { portfolio: { openOrders: { nodes: readonly Listed[] } } }
  }>(query)
  return data?.me.portfolio.openOrders.nodes ?? []
}

async function openTicket(): Promise<void> {
  await page.goto('/trade?asset=BTC&side=buy')
  await stage.watched.settled()
}

async function place(terms: RegExp | string): Promise<void> {
  await review().click()
  await dialog().getByText(terms).waitFor()
  expect(await findBarriers(page)).toEqual([])
  await placeOrder().click()
}

const edgesOf = async (element: Locator) => {
  const box = await element.boundingBox()
  if (!box) throw new Error('The element has no box.')
  return { top: box.y, bottom: box.y + box.height }
}

describe('the order ticket', () => {
  it.each([
    [1440, 900],
    [1366, 768],
  ])('shows its button on a screen of %i × %i, market and limit', async (width, height) => {
    const size = page.viewportSize()!
    await page.setViewportSize({ width, height })
    for (const type of ['Limit', 'Market']) {
      await page.goto('/trade?asset=ETH&side=buy')
      // A limit begins with the price now, once that is there.
      await stage.watched.settled()
      await choose('Order type', type)
      await page.getByLabel('Quantity of ETH').fill('0.2')
      await page.getByText('Cash afterwards').waitFor()
      // The ticket scrolls in its panel, above the button.
      const box = await review().boundingBox()
      expect((box?.y ?? 0) + (box?.height ?? Infinity)).toBeLessThan(height)
    }
    await page.setViewportSize(size)
  })

  it.each([
    [1440, 900],
    [390, 844],
  ])('hides no field behind its button on a screen of %i × %i', async (width, height) => {
    const size = page.viewportSize()!
    await page.setViewportSize({ width, height })
    await page.goto('/trade?asset=BTC&side=buy')
    await choose('Order type', 'Stop')
    await field('Kind of stop').selectOption('OCO')
    await quantity('BTC').focus()
    const [ofField, ofButton] = [await edgesOf(quantity('BTC')), await edgesOf(review())]
    expect(ofField.bottom).toBeLessThan(ofButton.top)
    expect(ofButton.bottom).toBeLessThan(height)
    // The draft is kept: the next test begins with another.
    await choose('Order type', 'Market')
    await page.setViewportSize(size)
  })

  it('shows the chosen asset again when a search is given up with Escape', async () => {
    await page.goto('/trade?asset=BTC&side=buy')
    const select = page.getByRole('combobox', { name: 'Asset' })
    await page.locator('input[value="Bitcoin (BTC)"]').waitFor()
    await select.fill('eth')
    await page.getByText('Ethereum (ETH)').waitFor()
    await select.press('Escape')
    await shows(select, 'Bitcoin (BTC)')
    await page.keyboard.type('et')
    await shows(select, 'et')
  })

  it('buys with a profit and a stop, which its fill opens as one sale', async () => {
    await openTicket()
    await quantity('BTC').fill('0.01')
    await field('Sell again at a profit or a loss').check()
    expect(await described(review())).toBe('Enter a price to sell at first.')
    await field('Take profit at').fill('60,000')
    await field('Stop loss at').fill('50,000')
    await page
      .getByText(/must be above the market price/)
      .first()
      .waitFor()
    await field('Take profit at').fill('80,000')
    await place('at $80,000.00 or better, or once it is at $50,000.00 or below')
    await page.getByText('Bought 0.01 BTC', { exact: true }).waitFor()
    expect(sent()).toMatchObject({
      ...{ type: 'MARKET', quantity: '0.01', takeProfitPrice: '80000', stopLossPrice: '50000' },
    })
    expect(await openOrders()).toEqual([
      { type: 'OCO', side: 'SELL', limitPrice: '80000', stopPrice: '50000', stopLimitPrice: null },
    ])
  })

  it('sends a stop that ends with the UTC day', async () => {
    await openTicket()
    await choose('Order type', 'Stop')
    await field('Stop price').fill('80,000')
    await field('Time in force').selectOption('DAY')
    await quantity('BTC').fill('0.01')
    // $800.00 and 5 per cent, and a fee of 0.35 per cent.
    await page.getByText('$842.94').first().waitFor()
    await place('Stop $80,000.00 · waits for this price')
    await page.getByText('Stop order placed').waitFor()
    expect(sent()).toMatchObject({ type: 'STOP', stopPrice: '80000', timeInForce: 'DAY' })
    expect(sent()).not.toHaveProperty('limitPrice')
  })

  it('sends a stop-limit order, and a limit or a stop, with both prices', async () => {
    await openTicket()
    await choose('Order type', 'Stop')
    await field('Kind of stop').selectOption('STOP_LIMIT')
    await field('Stop price').fill('80,000')
    await limit().fill('81,000')
    await quantity('BTC').fill('0.001')
    await place('Stop $80,000.00, then limit $81,000.00 · waits for this price')
    await page.getByText('Stop limit order placed').waitFor()
    expect(sent()).toMatchObject({ type: 'STOP_LIMIT', stopPrice: '80000', limitPrice: '81000' })

    await field('Kind of stop').selectOption('OCO')
    await field('Stop price').fill('80,000')
    await limit().fill('60,000')
    await quantity('BTC').fill('0.001')
    await place('Limit $60,000.00 or stop $80,000.00 · waits for whichever is first')
    await page.getByText('Limit or stop order placed').waitFor()
    expect(sent()).toMatchObject({ type: 'OCO', stopPrice: '80000', limitPrice: '60000' })
    expect(sent()).not.toHaveProperty('stopLimitPrice')

    await field('Stop price').fill('80,000')
    await refuses(field('Limit of the stop'), review(), '0', /more than|above|at least|0/)
    await field('Limit of the stop').fill('81,000')
    await limit().fill('60,000')
    await quantity('BTC').fill('0.001')
    await place('Limit $60,000.00 or stop $80,000.00, then limit $81,000.00')
    await page.getByText('Limit or stop order placed').last().waitFor()
    expect((await openOrders())[0]).toMatchObject({ type: 'OCO', stopLimitPrice: '81000' })
  })

  it('sends a trailing stop by its distance, and shows where it begins', async () => {
    await openTicket()
    await choose('Order type', 'Stop')
    await field('Kind of stop').selectOption('TRAILING_STOP')
    await refuses(field('Distance in per cent'), review(), '60', /From 0\.1% to 50%/)
    await field('Distance in per cent').fill('2.5')
    expect(await described(field('Distance in per cent'))).toMatch(/^2\.5 %/)
    await quantity('BTC').fill('0.001')
    await field('Sell again at a profit or a loss').check()
    await field('Stop loss at').fill('65,000')
    await field('Limit of the stop loss').fill('64,000')
    await place(
      /^Trailing stop, 2\.5% from the best price, in steps of a twentieth of that · waits, at first for \$72,099\.76/,
    )
    await page.getByText('Trailing stop order placed').waitFor()
    expect(sent()).toMatchObject({ type: 'TRAILING_STOP', trailBasisPoints: 250 })
    expect(sent()).toMatchObject({ stopLossPrice: '65000', stopLossLimitPrice: '64000' })
    expect((await openOrders())[0]).toMatchObject({ type: 'TRAILING_STOP', side: 'BUY' })
  })

  it('says before and after that an order that may not wait traded nothing', async () => {
    await openTicket()
    await choose('Order type', 'Limit')
    await limit().fill('60,000')
    await field('Time in force').selectOption('IOC')
    await quantity('BTC').fill('0.001')
    await place('Limit $60,000.00 · ends without a trade at this market price')
    await page.getByText('Nothing was traded').waitFor()
    expect(sent()).toMatchObject({ type: 'LIMIT', timeInForce: 'IOC' })
    expect(sent()).not.toHaveProperty('expiresAt')
  })
})
