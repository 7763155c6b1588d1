import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Page } from 'playwright-core'
import { findBarriers, findOverlaps, untilFrame, inBothSchemes } from '../world/browser.ts'
import { shows } from '../world/forms.ts'
import { openTicketStage, ticketOf, type TicketStage } from '../world/ticket.ts'
import { newKey } from '../world/world.ts'

let stage: TicketStage
let page: Page

beforeAll(async () => {
  stage = await openTicketStage()
  page = stage.watched.page
  expect((await stage.trader.buys('0.2', 'ETH')).codes).toEqual([])
})
afterAll(() => stage.stop())

const { quantity, limit, review, choose, placeOrder, holdBack } = ticketOf(() => page)

const widthOf = async (title: string): Promise<number> => {
  const box = await page.getByRole('region', { name: title, exact: true }).boundingBox()
  return Math.round(box?.width ?? 0)
}
const separator = (name: string) => page.getByRole('separator', { name })
const pressed = (name: string) =>
  page
    .getByRole('group', { name: 'Side' })
    .getByRole('button', { name, exact: true })
    .getAttribute('aria-pressed')

describe('the trade page', () => {
  it('shows an asset, its chart, a ticket and the account on one screen', async () => {
    await page.setViewportSize({ width: 1440, height: 900 })
    await page.goto('/trade/ETH')
    await stage.watched.settled()
    for (const name of ['Price', 'Order ticket', 'Your account']) {
      const box = await page.getByRole('region', { name, exact: true }).boundingBox()
      expect(box && box.y + box.height).toBeLessThanOrEqual(900)
    }
    await page
      .getByRole('region', { name: 'Depth', exact: true })
      .getByText('This market has no limit of depth')
      .waitFor()
    const [hint, button] = await Promise.all([
      page.locator('.no-preview').boundingBox(),
      review().boundingBox(),
    ])
    expect(hint && hint.y + hint.height).toBeLessThanOrEqual(button?.y ?? 0)
    expect(await findBarriers(page)).toEqual([])
    for (const width of [390, 1024, 1440]) expect(await findOverlaps(page, width)).toEqual([])
  })

  it('moves a separator with the keys, and remembers where it was', async () => {
    await page.setViewportSize({ width: 1440, height: 900 })
    await page.goto('/trade/ETH')
    await stage.watched.settled()
    const before = await widthOf('Price')
    await separator('Width of the chart').focus()
    await page.keyboard.press('ArrowLeft')
    const moved = page.locator('[aria-label="Width of the chart"][aria-valuenow="65"]')
    await moved.waitFor()
    await untilFrame(page, async () => (await widthOf('Price')) < before - 20)
    await page.reload()
    await moved.waitFor()
    // A narrow screen has sizes of its own, also without a reload.
    await page.setViewportSize({ width: 1100, height: 900 })
    await moved.waitFor({ state: 'detached' })
    await page.keyboard.press('ArrowLeft')
    await page.setViewportSize({ width: 1440, height: 900 })
    await moved.waitFor()
  })

  it('puts a separator back at a double click, also after a reload', async () => {
    const usual = page.locator('[aria-label="Width of the chart"][aria-valuenow="70"]')
    await separator('Width of the chart').dblclick()
    await usual.waitFor()
    await page.reload()
    await separator('Width of the chart').waitFor()
    expect(await usual.count()).toBe(1)
  })

  it('remembers whether a part is hidden, and that it is shown again', async () => {
    const show = page.getByRole('button', { name: 'Show depth and trades' })
    await separator('Width of depth and trades').focus()
    await page.keyboard.press('End')
    await show.waitFor()
    await page.reload()
    await show.focus()
    await page.keyboard.press('Enter')
    await page.locator('[role=separator][aria-valuenow="64"]:focus').waitFor()
    const depth = page.getByRole('region', { name: 'Depth', exact: true })
    await depth.waitFor()
    await page.reload()
    await depth.waitFor()
    await separator('Width of depth and trades').dblclick()
  })

  it('moves a separator with the pointer', async () => {
    const box = await separator('Height of the chart').boundingBox()
    const heightOf = async () =>
      (await page.getByRole('region', { name: 'Price', exact: true }).boundingBox())?.height ?? 0
    const before = await heightOf()
    const { x = 0, y = 0, width = 0, height = 0 } = box ?? {}
    await page.mouse.move(x + width / 2, y + height / 2)
    await page.mouse.down()
    await page.mouse.move(x + width / 2, y + height / 2 + 60, { steps: 4 })
    await page.mouse.up()
    await untilFrame(page, async () => (await heightOf()) - before > 50)
  })

  it('acts on the asset in view with “b” and “s”, from its amount on', async () => {
    await page.getByRole('heading', { level: 1 }).focus()
    await page.keyboard.press('s')
    await page.locator('[data-path=amount]:focus').waitFor()
    expect(await pressed('Sell')).toBe('true')
    await page.keyboard.type('0.05')
    await shows(quantity('ETH'), '0.05')
    await page.goto('/market/BTC')
    await page.getByRole('heading', { level: 1, name: 'Bitcoin' }).waitFor()
    await page.keyboard.press('b')
    await page.waitForURL('**/trade/BTC?side=buy')
    await page.locator('[data-path=amount]:focus').waitFor()
    expect(await pressed('Buy')).toBe('true')
    await quantity('BTC').waitFor()
  })

  it('switches the asset by typing after “/”, and comes back to it', async () => {
    await page.locator('input[value="Bitcoin (BTC)"]').waitFor()
    await page.getByRole('heading', { level: 1 }).focus()
    await page.keyboard.press('/')
    await page.keyboard.type('ether')
    await page.getByRole('option', { name: 'Ethereum (ETH)' }).waitFor()
    await page.keyboard.press('Enter')
    await page.waitForURL('**/trade/ETH?side=buy')
    await quantity('ETH').waitFor()
    await page.goBack()
    await quantity('BTC').waitFor()
    await page.goto('/trade')
    await page.waitForURL('**/trade/BTC')
  })

  it('switches the asset by a text that arrives at once', async () => {
    for (const [from, text, id] of [
      ['BTC', 'ether', 'ETH'],
      ['ETH', 'bitcoin (', 'BTC'],
    ] as const) {
      await page.locator(`[data-page-search][value$="(${from})"]`).waitFor()
      await page.keyboard.press('/')
      await page.locator('[data-page-search]:focus').waitFor()
      await page.keyboard.insertText(text)
      await page.keyboard.press('Enter')
      await page.waitForURL(`**/trade/${id}`)
      await quantity(id).waitFor()
    }
    await page.getByRole('listbox').waitFor({ state: 'detached' })
  })

  it('keeps the asset while an input method composes, and after Escape', async () => {
    const field = page.locator('[data-page-search]')
    const keyboard = await page.context().newCDPSession(page)
    await field.focus()
    const composes = (text: string) =>
      keyboard.send('Input.imeSetComposition', { text, selectionStart: 5, selectionEnd: 5 })
    const option = page.getByRole('option', { name: 'Ethereum (ETH)' })
    await composes('ether')
    await option.waitFor()
    await page.keyboard.press('Enter')
    await composes('')
    await page.keyboard.insertText('ethereum')
    await page.locator('[data-page-search][value="ethereum"]').waitFor()
    await option.waitFor()
    await page.keyboard.press('Escape')
    await page.locator('input[value="Bitcoin (BTC)"]:focus').waitFor()
    expect(page.url()).toMatch(/trade\/BTC$/)
  })

  it('keeps what is typed before the assets have arrived', async () => {
    const answer = await holdBack('TicketAssets')
    await page.goto('/trade/BTC')
    await page.locator('[data-page-search]').focus()
    await page.keyboard.insertText('ether')
    await page.getByText('The list has not arrived yet').waitFor()
    await page.keyboard.press('Enter')
    answer()
    await page.getByRole('option', { name: 'Ethereum (ETH)' }).waitFor()
    await page.keyboard.press('Enter')
    await page.waitForURL('**/trade/ETH')
    await page.goto('/trade/BTC')
    await page.waitForURL('**/trade/BTC')
  })

  it('shows a limit order below the chart as soon as it waits', async () => {
    await page.goto('/trade?asset=ETH&side=buy')
    await page.waitForURL('**/trade/ETH?side=buy')
    await choose('Order type', 'Limit')
    await limit().fill('3,000')
    await quantity('ETH').fill('0.1')
    await review().click()
    await placeOrder().click()
    const orders = page.getByRole('table', { name: 'Open orders' })
    await orders.getByText('0.1 ETH').filter({ visible: true }).first().waitFor()
    for (const name of ['Waits for', 'Holds', 'Good till']) {
      await orders.getByRole('columnheader', { name }).waitFor()
    }
    await orders.getByText('you cancel it', { exact: true }).waitFor()
    await page.setViewportSize({ width: 390, height: 844 })
    const card = orders.getByRole('row').filter({ hasText: '0.1 ETH' })
    await card.getByText('Limit · good till you cancel it').waitFor()
    await card.getByText('Holds').filter({ visible: true }).waitFor()
    await page.setViewportSize({ width: 1440, height: 900 })
    await page.getByRole('tab', { name: 'Positions' }).click()
    await page.getByRole('table', { name: 'Positions' }).getByText('ETH').first().waitFor()
    expect(await inBothSchemes(page, findBarriers)).toEqual([])
  })

  it('cancels every open order at once, after a question', async () => {
    const place = 'mutation ($i: PlaceOrderInput!) { placeOrder(input: $i) { order { id } } }'
    for (const limitPrice of ['2000', '2100']) {
      const order = { side: 'BUY', type: 'LIMIT', assetId: 'ETH', quantity: '0.01', limitPrice }
      expect((await stage.trader.ask(place, { i: { key: newKey(), ...order } })).codes).toEqual([])
    }
    await page.goto('/orders?status=PENDING')
    await page.getByText('$2,100.00').filter({ visible: true }).first().waitFor()
    const count = await page.getByRole('row').filter({ hasText: 'Buy' }).count()
    await page.getByRole('button', { name: 'Cancel all' }).click()
    await page.getByRole('button', { name: 'Keep' }).click()
    await page.getByRole('button', { name: 'Cancel all' }).click()
    await page.getByRole('button', { name: 'Cancel every open order' }).click()
    await page.getByText(`${count} orders cancelled`).waitFor()
    await page.getByText('No order matches').waitFor()
    const open = '{ me { portfolio { cash { held } openOrders { nodes { id } } } } }'
    expect((await stage.trader.ask(open)).data).toMatchObject({
      me: { portfolio: { cash: { held: '0.00' }, openOrders: { nodes: [] } } },
    })
    await page.setViewportSize({ width: 1440, height: 900 })
  })

  it('opens the sheet on a phone for the side in the address', async () => {
    await page.setViewportSize({ width: 390, height: 844 })
    await page.goto('/trade/ETH')
    await stage.watched.settled()
    expect(await page.getByRole('dialog').count()).toBe(0)
    await page
      .getByRole('group', { name: 'Trade ETH' })
      .getByRole('button', { name: 'Buy' })
      .click()
    const sheet = page.getByRole('dialog', { name: 'Trade ETH' })
    await sheet.getByLabel('Quantity of ETH').waitFor()
    await page.goto('/trade/ETH?side=sell')
    await sheet.getByLabel('Quantity of ETH').waitFor()
    expect(await pressed('Sell')).toBe('true')
    expect(await findBarriers(page)).toEqual([])
  })

  it('logged no error in the console', () => {
    expect(stage.watched.problems).toEqual([])
  })
})

describe('a toast of the trade page', () => {
  const covered = () =>
    page.evaluate<string[]>(`(() => {
      const boxes = [...document.querySelectorAll('.mantine-Notification-root')].map((toast) => toast.getBoundingClientRect())
      const isBelow = (box) => boxes.some((toast) => toast.left < box.right && box.left < toast.right && toast.top < box.bottom && box.top < toast.bottom)
      const controls = document.querySelectorAll('main :is(a, button, input, [role=slider]), nav a, .side-person :is(a, button)')
      return [...controls].filter((control) => control.checkVisibility() && isBelow(control.getBoundingClientRect())).map((control) => control.outerHTML.slice(0, 120))
    })()`)

  it('says which exits a bracket has opened, and covers no control on a low or a high screen', async () => {
    await page.setViewportSize({ width: 1440, height: 900 })
    await page.goto('/trade/ETH')
    await stage.watched.settled()
    const input = {
      ...{ assetId: 'ETH', side: 'BUY', type: 'LIMIT', quantity: '0.01', limitPrice: '3400' },
      ...{ takeProfitPrice: '3700', stopLossPrice: '3200', key: newKey() },
    }
    const place =
      'mutation P($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id } } }'
    expect((await stage.trader.ask(place, { input })).codes).toEqual([])
    stage.market.setPrice('ETH', 3_399)
    const toast = page.getByRole('alert').filter({ hasText: 'Limit order filled' })
    await toast
      .getByText('Its take-profit at $3,700.00 and its stop-loss at $3,200.00 are now open.')
      .waitFor()
    // Under the pointer it stays.
    await toast.hover()
    for (const [width, height] of [
      [1440, 900],
      [1440, 800],
      [1024, 768],
      [1280, 720],
    ] as const) {
      await page.setViewportSize({ width, height })
      expect(await toast.isVisible()).toBe(true)
      expect(await covered()).toEqual([])
    }
  })
})
