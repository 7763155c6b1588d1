import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { usd } from '@cnop/kit/money'
import type { Page } from 'playwright-core'
import { findBarriers, findFaint, inBothSchemes } from '../world/browser.ts'
import { described, refuses, shows, topOf } from '../world/forms.ts'
import { openTicketStage, ticketOf, type TicketStage } from '../world/ticket.ts'

let stage: TicketStage
let page: Page

beforeAll(async () => {
  stage = await openTicketStage()
  page = stage.watched.page
})
afterAll(() => stage.stop())

const { quantity, amount, limit, review, choose, dialog, placeOrder, holdBack } = ticketOf(
  () => page,
)

describe('the order ticket', () => {
  it('accepts half an ether only as half an ether', async () => {
    await page.goto('/trade?asset=ETH&side=buy')
    await stage.watched.settled()
    const place = await topOf(review())
    await refuses(quantity('ETH'), review(), '0,5', /only separates thousands/)
    await refuses(quantity('ETH'), review(), '0.123456789', /At most 8 decimal places; this has 9/)
    await quantity('ETH').fill('0.5')
    expect(await described(quantity('ETH'))).toMatch(/^0\.5 ETH/)
    await page.getByText('You pay').waitFor()
    expect(await topOf(review())).toBe(place)
    const answer = await holdBack('TicketPreview')
    await quantity('ETH').fill('0.51')
    await page.getByRole('status', { name: 'Preview is loading' }).waitFor()
    expect(await topOf(review())).toBe(place)
    await quantity('ETH').fill('0,51')
    expect(await topOf(review())).toBe(place)
    answer()
    for (const [typed, shown] of [
      ['2', 'Your available cash does not cover this.'],
      ['', 'What the order would do is shown here'],
      ['0.5', 'You pay'],
    ] as const) {
      await quantity('ETH').fill(typed)
      await page.getByText(shown).waitFor()
      expect(await topOf(review())).toBe(place)
    }
    await review().click()
    await placeOrder().click()
    await page.getByText('Bought 0.5 ETH').waitFor()
    expect(stage.inputsOf('TicketPlaceOrder').map((order) => order['quantity'])).toEqual(['0.5'])
    expect(await stage.trader.holds('ETH')).toBe('0.5')
    // $1,750.00 and a fee of 0.35%, rounded up.
    expect(await stage.trader.cash()).toBe('3243.87')
  })

  it('states below the field what dollars at a limit send and spend', async () => {
    await page.goto('/trade?asset=BTC&side=buy')
    await choose('Order type', 'Limit')
    await choose('Unit of the amount', 'USD')
    await limit().fill('99,999')
    await amount().fill('500')
    // $500.00 without the fee of 0.35% buy this at the limit; at the market price it costs less.
    await page.getByText(/Sends 0\.00498\d* BTC .* spends about/).waitFor()
    expect(await described(amount())).toMatch(
      /^\$500\.00Sends 0\.00498\d* BTC at \$99,999\.00 or better; spends about \$351\.\d\d now$/,
    )
    await limit().fill('50,000')
    await page.getByText(/at \$50,000\.00 or better; sets \$(499\.99|500\.00) aside$/).waitFor()
    await choose('Unit of the amount', 'BTC')
  })

  it('shows the limit that is sent, and warns of one far beyond the market', async () => {
    await page.goto('/trade?asset=BTC&side=buy')
    await choose('Order type', 'Limit')
    await refuses(limit(), review(), '99.999,00', /only separates thousands/)
    await refuses(limit(), review(), '1,000,000.01', /^At most \$1,000,000\.00\.$/)
    await limit().fill('99,999')
    await quantity('BTC').fill('0.01')
    expect(await described(limit())).toMatch(/^\$99,999\.00/)
    await review().click()
    await dialog().getByText('Limit $99,999.00 · fills now at about $70,341.23').waitFor()
    await dialog()
      .getByText(/The limit is 42\.16% above the market price of \$70,341\.23\./)
      .waitFor()
    await dialog().getByText('Nothing is traded above $99,999.00, your limit.').waitFor()
    await dialog().getByText('$2.47 (0.35%, taker)').waitFor()
    expect(await findBarriers(page)).toEqual([])
    await placeOrder().click()
    await page.getByText('Bought 0.01 BTC', { exact: true }).waitFor()
    expect(stage.inputsOf('TicketPlaceOrder').at(-1)).toMatchObject({
      type: 'LIMIT',
      limitPrice: '99999',
      quantity: '0.01',
    })
    // $703.42 and a fee of $2.47, both rounded up.
    expect(await stage.trader.cash()).toBe('2537.98')
  })

  it('clears an order that was placed, and brings back a draft of a side and of an asset whole', async () => {
    await limit().waitFor()
    await shows(limit(), '')
    await shows(quantity('BTC'), '')
    expect(await described(review())).toBe('Enter a limit price first.')

    await limit().fill('1')
    await page.getByRole('button', { name: 'Sell', exact: true }).click()
    await shows(limit(), '')
    await page.getByRole('button', { name: 'Buy', exact: true }).click()
    await shows(limit(), '1')
    await page.getByRole('button', { name: 'Sell', exact: true }).click()
    await page.getByRole('button', { name: '100%' }).click()
    await shows(quantity('BTC'), '0.01')
    expect(await described(review())).toBe('Enter a limit price first.')

    await limit().fill('1')
    await page.getByRole('combobox', { name: 'Asset' }).click()
    await page.getByText('Ethereum (ETH)').click()
    await quantity('ETH').waitFor()
    // The kind of order goes along, the price of another asset does not.
    await shows(limit(), '')
    await page.getByRole('combobox', { name: 'Asset' }).click()
    await page.getByText('Bitcoin (BTC)').click()
    await quantity('BTC').waitFor()
    await shows(limit(), '1')
    await shows(quantity('BTC'), '0.01')
    await limit().fill('')
    await quantity('BTC').fill('')
    expect(stage.inputsOf('TicketPlaceOrder')).toHaveLength(2)
  })

  it('never spends more than the typed amount, sized again at the current price', async () => {
    const before = await stage.trader.cash()
    await page.goto('/trade?asset=BTC&side=buy')
    await choose('Order type', 'Market')
    await choose('Unit of the amount', 'USD')
    await amount().fill('500')
    expect(await described(amount())).toMatch(/^\$500\.00/)
    await page.getByText(/≈ 0\.0070\d* BTC$/).waitFor()
    await review().click()
    await dialog().getByRole('heading', { name: 'Buy BTC for $500.00?' }).waitFor()
    await dialog().getByText('Market · fills now at about $70,341.23').waitFor()
    const prices = (await dialog().innerText()).match(/\$70,341\S*/g)
    expect(prices).toEqual(['$70,341.23', '$70,341.23'])
    // The market moves after the preview, by less than the guard of 1%.
    stage.market.setPrice('BTC', 70_700)
    await dialog().getByText('$70,700.00', { exact: true }).waitFor()
    const answer = await holdBack('TicketPlaceOrder')
    const height = async () => (await dialog().boundingBox())?.height
    const reviewed = { height: await height(), facts: await dialog().locator('dl').innerText() }
    await placeOrder().click()
    await dialog().getByText('Sending your order…').waitFor()
    await page.keyboard.press('Escape')
    expect(await dialog().getByRole('button', { name: 'Back' }).isDisabled()).toBe(true)
    expect(await dialog().locator('dl').innerText()).toBe(reviewed.facts)
    expect(await height()).toBe(reviewed.height)
    answer()
    await page.getByText('Bought 0.00704738 BTC', { exact: true }).waitFor()
    await dialog().waitFor({ state: 'detached' })
    await page
      .locator('button:focus')
      .filter({ hasText: /^Review/ })
      .waitFor()
    expect(stage.inputsOf('TicketPlaceOrder').at(-1)).toMatchObject({ quoteAmount: '500.00' })
    expect(stage.inputsOf('TicketPlaceOrder').at(-1)).not.toHaveProperty('quantity')
    expect(usd(before) - usd(await stage.trader.cash())).toBe(usd('500.00'))
  })

  it('buys with all cash, leaving less than one price step, then sells all and leaves nothing', async () => {
    await page.goto('/trade?asset=BTC&side=buy')
    await choose('Order type', 'Market')
    const cash = await stage.trader.cash()
    await page.getByRole('button', { name: '100%' }).click()
    expect(await amount().inputValue()).toBe(cash)
    await review().click()
    await dialog()
      .getByText(`Buy BTC for $${Number(cash).toLocaleString('en-US')}?`)
      .waitFor()
    await placeOrder().click()
    await page
      .getByText(/^Bought 0\.02/)
      .first()
      .waitFor()
    // One step of 0.00000001 BTC costs less than a cent.
    expect(await stage.trader.cash()).toBe('0.00')
    // The page reads the balance again after the order.
    const reason = 'You have no cash available to buy with.'
    await page.getByText(reason).waitFor()
    expect(await described(page.getByRole('button', { name: '100%' }))).toBe(reason)

    await page.getByRole('button', { name: 'Sell', exact: true }).click()
    await page.getByRole('button', { name: '100%' }).click()
    expect(await quantity('BTC').inputValue()).toBe(await stage.trader.holds('BTC'))
    await review().click()
    await placeOrder().click()
    await page
      .getByText(/^Sold 0\.0/)
      .first()
      .waitFor()
    expect(await stage.trader.holds('BTC')).toBe('0')
  })

  it('shows no outcome of an order that was refused', async () => {
    await page.goto('/trade?asset=BTC&side=buy')
    const cash = await stage.trader.cash()
    await choose('Unit of the amount', 'BTC')
    await quantity('BTC').fill('0.01')
    await review().click()
    await dialog().getByText('You pay').waitFor()
    // Only after the click: the dialog disables the button as soon as it learns of the withdrawal.
    await page.route('**/graphql', async (route) => {
      if (route.request().postData()?.includes('TicketPlaceOrder'))
        await stage.trader.withdraws(cash)
      await route.continue()
    })
    const place = await topOf(placeOrder())
    await placeOrder().click()
    const notice = dialog().getByRole('alert').filter({ hasText: 'The order was not placed.' })
    await notice.getByText(/Go back and choose a smaller amount, or deposit cash/).waitFor()
    await page.unroute('**/graphql')
    expect(await stage.trader.cash()).toBe('0.00')
    await dialog().getByText('This order would be refused, see above.').waitFor()
    expect(await page.getByText(/^(You pay|Cash afterwards)$/).count()).toBe(0)
    expect(await topOf(placeOrder())).toBe(place)
    await dialog().getByRole('button', { name: 'Back' }).click()
    expect((await stage.trader.deposits(cash)).codes).toEqual([])
    expect(await stage.trader.holds('BTC')).toBe('0')
  })

  it('can be read while it waits for an answer, in both colour schemes', async () => {
    const unanswered = { message: 'no answer', extensions: { code: 'OUTCOME_UNKNOWN' } }
    await page.route('**/graphql', (route) =>
      route.request().postData()?.includes('TicketPlaceOrder')
        ? route.fulfill({ json: { errors: [unanswered] } })
        : route.continue(),
    )
    await review().click()
    await placeOrder().click()
    await page.getByText('Did your last order go through?').waitFor()
    expect(await quantity('BTC').isDisabled()).toBe(true)
    expect(await inBothSchemes(page, findFaint)).toEqual([])
    await page.unroute('**/graphql')
    await page.getByRole('button', { name: 'Start over' }).click()
  })

  it('states that a limit away from the market waits, without a warning', async () => {
    await page.goto('/trade?asset=BTC&side=buy')
    await choose('Order type', 'Limit')
    await limit().fill('60,000')
    await quantity('BTC').fill('.01')
    await review().click()
    await dialog().getByText('Limit $60,000.00 · waits for this price').waitFor()
    expect(await dialog().getByText('Is this limit meant?').count()).toBe(0)
    // $600.00 and a fee of 0.35%, which the order holds while it waits.
    await dialog().getByText('$2.10 (0.35%, maker)').waitFor()
    await dialog().getByText('available, $602.10 held by open orders').waitFor()
    await dialog().getByRole('button', { name: 'Back' }).click()
    await page.reload()
    await shows(limit(), '60,000')
  })

  it('does not treat an invalid date as no date', async () => {
    await page.getByLabel('Time in force').selectOption('DATE')
    const day = page.getByLabel('Good till')
    await day.focus()
    await day.pressSequentially('02312027')
    await page.getByText('Choose the last day first.').waitFor()
    expect(await review().isDisabled()).toBe(true)
    const isIncomplete = `document.querySelector('input[type=date]').validity.badInput`
    expect(await page.evaluate<boolean>(isIncomplete)).toBe(true)
    await page.getByLabel('Time in force').selectOption('GTC')
  })

  it('includes the fee when all cash is offered at a limit', async () => {
    await page.goto('/trade?asset=BTC&side=buy')
    await limit().fill('60,000')
    await choose('Unit of the amount', 'USD')
    await page.getByRole('button', { name: '100%' }).click()
    const cash = await stage.trader.cash()
    expect(await amount().inputValue()).toBe(cash)
    await review().click()
    await placeOrder().click()
    await page.getByText('Limit order placed', { exact: true }).waitFor()
    const left = usd(await stage.trader.cash())
    expect(left).toBeGreaterThanOrEqual(0n)
    expect(left).toBeLessThan(usd('0.10'))
  })

  it('is accessible with its errors displayed, in the dark scheme too', async () => {
    await limit().fill('60.000,00')
    await amount().fill('0,1')
    expect(await inBothSchemes(page, findBarriers)).toEqual([])
  })

  it('logged no error in the console', () => {
    expect(stage.watched.problems).toEqual([])
  })
})
