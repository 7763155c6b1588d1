import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import {
  findBarriers,
  openBrowser,
  openPage,
  signIn,
  untilFrame,
  type WatchedPage,
} from '../world/browser.ts'
import type { Trader } from '../world/trader.ts'
import { newKey, startWorld, type World } from '../world/world.ts'

let world: World
let browser: Browser
let watched: WatchedPage
let page: Page
let trader: Trader

beforeAll(async () => {
  world = await startWorld({ WEB_ENABLED: 'true', WEB_PORT: '0' })
  browser = await openBrowser()
  watched = await openPage(browser, `http://127.0.0.1:${world.router.webPort ?? 0}`)
  page = watched.page
  trader = await world.trader({ cash: '5000.00' })
  const price = await priceOf('ETH')
  const limit = {
    ...{ assetId: 'ETH', side: 'BUY', type: 'LIMIT', quantity: '0.1' },
    ...{ limitPrice: (price * 0.99).toFixed(2), key: 'move-limit-0001' },
  }
  const place =
    'mutation P($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id } } }'
  expect((await trader.ask(place, { input: limit })).codes).toEqual([])
  const alert = {
    ...{ assetId: 'ETH', direction: 'ABOVE', key: 'move-alert-0001' },
    price: (price * 1.01).toFixed(2),
  }
  const set =
    'mutation A($input: CreatePriceAlertInput!) { createPriceAlert(input: $input) { alert { id } } }'
  expect((await trader.ask(set, { input: alert })).codes).toEqual([])
  await page.setViewportSize({ width: 1440, height: 900 })
  await signIn(page, trader)
  await page.goto('/trade/ETH')
  await watched.settled()
})

afterAll(async () => {
  await browser.close()
  await world.stop()
})

async function priceOf(id: string): Promise<number> {
  const query = 'query Q($id: ID!) { asset(id: $id) { quote { price } } }'
  const { data } = await trader.ask<{ asset: { quote: { price: string } } }>(query, { id })
  return Number(data?.asset.quote.price)
}

const line = (name: string) => page.getByRole('slider', { name })
const shownPrice = async (name: string) =>
  ((await line(name).getAttribute('aria-valuetext')) ?? '').replace(/[$,]/g, '')
const dialog = () => page.getByRole('dialog')

async function limits(): Promise<readonly string[]> {
  const query = '{ me { portfolio { openOrders(first: 5) { nodes { limitPrice } } } } }'
  const { data } = await trader.ask<{
    me: { portfolio: { openOrders: { nodes: { limitPrice: string }[] } } }
  }>(query)
  return data?.me.portfolio.openOrders.nodes.map(({ limitPrice }) => limitPrice) ?? []
}

describe('a line of the chart', () => {
  it('is moved with the keys, and its order with it after a review', async () => {
    const [before] = await limits()
    await line('Buy limit').focus()
    await page.keyboard.press('PageDown')
    await page.keyboard.press('ArrowDown')
    const wanted = await shownPrice('Buy limit')
    expect(Number(wanted)).toBeLessThan(Number(before) * 0.99)
    await page.keyboard.press('Enter')
    await dialog().getByText('→').waitFor()
    // The limit is lower, and so is the hold.
    await dialog().getByText('Set aside').waitFor()
    await dialog()
      .getByText(/^\$[\d,.]+ \(\$[\d,.]+ less\)$/)
      .waitFor()
    expect(await findBarriers(page)).toEqual([])
    expect(await limits()).toEqual([before])
    await dialog().getByRole('button', { name: 'Move order' }).click()
    await page.getByText('Order moved').waitFor()
    expect((await limits()).map(Number)).toEqual([Number(wanted)])
    await dialog().waitFor({ state: 'detached' })
  })

  it('is dragged, and goes back to its place when the review is left', async () => {
    const [before = ''] = await limits()
    await page.locator(`[role=slider][aria-valuenow="${Number(before)}"][data-kind=BUY]`).waitFor()
    const { x = 0, y = 0, width = 0, height = 0 } = (await line('Buy limit').boundingBox()) ?? {}
    await page.mouse.move(x + width / 2, y + height / 2)
    await page.mouse.down()
    await page.mouse.move(x + width / 2, y + height / 2 - 40, { steps: 5 })
    await page.mouse.up()
    await dialog().getByText('→').waitFor()
    expect(Number(await shownPrice('Buy limit'))).toBeGreaterThan(Number(before))
    await dialog().getByRole('button', { name: 'Back' }).click()
    await dialog().waitFor({ state: 'detached' })
    expect(Number(await shownPrice('Buy limit'))).toBe(Number(before))
    expect(await limits()).toEqual([before])
  })

  it('moves an alert, which then waits once, at its new price', async () => {
    await line('Alert').focus()
    await page.keyboard.press('PageUp')
    const wanted = await shownPrice('Alert')
    await page.keyboard.press('Enter')
    await dialog().getByRole('button', { name: 'Move alert' }).click()
    await page.getByText('Price alert moved').waitFor()
    const { data } = await trader.ask<{ me: { priceAlerts: { price: string; status: string }[] } }>(
      '{ me { priceAlerts { price status } } }',
    )
    const waiting = data?.me.priceAlerts.filter(({ status }) => status === 'ACTIVE')
    expect(waiting?.map(({ price }) => Number(price))).toEqual([Number(wanted)])
  })

  it('stays where it is after Escape', async () => {
    const before = await shownPrice('Buy limit')
    await line('Buy limit').focus()
    await page.keyboard.press('ArrowUp')
    expect(await shownPrice('Buy limit')).not.toBe(before)
    await page.keyboard.press('Escape')
    expect(await shownPrice('Buy limit')).toBe(before)
    expect(await dialog().count()).toBe(0)
    expect(watched.problems).toEqual([])
  })
})

describe('the lines of a chart', () => {
  it('are those of every kind of alert and order that waits, and of the average cost', async () => {
    const price = await priceOf('ETH')
    expect((await trader.buys('0.2', 'ETH')).codes).toEqual([])
    const place =
      'mutation P($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id } } }'
    const set =
      'mutation A($input: CreatePriceAlertInput!) { createPriceAlert(input: $input) { alert { id } } }'
    const near = { assetId: 'ETH', direction: 'ABOVE' }
    for (const [document, input] of [
      [
        place,
        {
          assetId: 'ETH',
          side: 'SELL',
          type: 'TRAILING_STOP',
          quantity: '0.1',
          trailBasisPoints: 100,
        },
      ],
      [set, { ...near, price: (price * 1.002).toFixed(2) }],
      [set, { ...near, price: (price * 1.003).toFixed(2), repeats: true }],
      [set, { ...near, changeBasisPoints: 40 }],
      [set, { ...near, changeBasisPoints: 50, repeats: true }],
    ] as const) {
      expect((await trader.ask(document, { input: { ...input, key: newKey() } })).codes).toEqual([])
    }
    await page.reload()
    await page.getByRole('slider', { name: 'Repeats +0.5%' }).waitFor()
    const texts = await page.locator('.line-handles > *').allInnerTexts()
    // An arrow follows the name of a line that is out of sight.
    const names = texts.map((text) => text.replace(/\s*[↑↓]$/, ''))
    expect(names.toSorted()).toEqual([
      ...['Alert', 'Alert', 'Alert +0.4%', 'Alert, repeats', 'Average cost', 'Buy limit'],
      ...['Repeats +0.5%', 'Sell stop'],
    ])
  })

  it('have a legend whose prices are in one line, and what else it says in one', async () => {
    const heights = await page.evaluate<number[]>(`
      [...document.querySelectorAll('.chart-point > span')].map(({ children }) => {
        const tops = [...children].map((one) => one.getBoundingClientRect().top)
        return Math.max(...tops) - Math.min(...tops)
      })`)
    expect(heights).toHaveLength(2)
    expect(Math.max(...heights)).toBeLessThan(8)
  })

  it.each([1440, 1024, 390])(
    'have names that cover neither each other nor the axis at %s pixels',
    async (width) => {
      await page.setViewportSize({ width, height: 844 })
      await page.getByRole('slider', { name: 'Repeats +0.5%' }).waitFor()
      const covered = () =>
        page.evaluate<string[]>(`(() => {
        const plot = document.querySelector('.price-chart-box td:nth-child(2)').getBoundingClientRect()
        const names = [...document.querySelectorAll('.line-handles > *')].map((name) => ({ text: name.textContent, box: name.getBoundingClientRect() }))
        const isOver = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
        return names.flatMap(({ text, box }, place) => [
          ...(box.right > plot.right ? [text + ' / axis'] : []),
          ...names.slice(place + 1).filter((other) => isOver(box, other.box)).map((other) => text + ' / ' + other.text),
        ])
      })()`)
      // The chart takes its new width in a frame of its own.
      await untilFrame(page, async () => (await covered()).length === 0)
    },
  )
})

it('edits an order on its page, where its exits are checked first', async () => {
  const price = await priceOf('ETH')
  const at = (share: number) => (price * share).toFixed(2)
  const place =
    'mutation P($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id } } }'
  const input = {
    ...{ assetId: 'ETH', side: 'BUY', type: 'LIMIT', quantity: '0.1', key: newKey() },
    ...{ limitPrice: at(0.9), stopLossPrice: at(0.8) },
  }
  const { data } = await trader.ask<{ placeOrder: { order: { id: string } } }>(place, { input })
  await page.goto(`/orders/${data?.placeOrder.order.id ?? ''}`)
  await page.getByRole('button', { name: 'Edit' }).click()
  const send = page.getByRole('button', { name: 'Change order' })
  await page.getByText('Nothing is changed yet.').waitFor()
  await page.getByLabel('Limit price').fill(at(0.7))
  await page.getByText(/^This does not fit the open order, whose stop-loss price must be/).waitFor()
  await page.getByText('Correct the fields above first.').waitFor()
  expect(await findBarriers(page)).toEqual([])
  await page.getByLabel('Limit price').fill('')
  await page.getByText('An order like this needs it.').waitFor()
  // What the ticket warns of, or refuses, is said here too.
  await page.getByLabel('Limit price').fill(at(2))
  await page.getByText('Confirm the limit price first.').waitFor()
  await page.getByLabel(/^I mean a limit of/).check()
  await page.getByText('Confirm the limit price first.').waitFor({ state: 'detached' })
  await page.getByLabel('Limit price').fill(at(0.85))
  await page.getByLabel('Quantity of ETH').fill('90')
  await page.getByText(/^The order is worth more than one order may be\. The most is/).waitFor()
  await page.getByText('This order would be refused, see above.').waitFor()
  await page.getByLabel('Quantity of ETH').fill('0.2')
  await page.getByLabel('Good till').fill('')
  await dialog().getByText('Set aside').waitFor()
  await send.click()
  await page.getByText('Order changed').waitFor()
  await page.getByText('An earlier order').waitFor()
  await dialog().waitFor({ state: 'detached' })
  const read =
    'query O($id: ID!) { order(id: $id) { quantity limitPrice stopLossPrice status replaces } }'
  const id = new URL(page.url()).pathname.split('/').at(-1)
  const found = await trader.ask<{ order: Record<string, string> }>(read, { id })
  expect(found.data?.order).toEqual({
    ...{ quantity: '0.2', status: 'PENDING', replaces: data?.placeOrder.order.id },
    ...{ limitPrice: String(Number(at(0.85))), stopLossPrice: String(Number(at(0.8))) },
  })
  // A price that was emptied is taken away.
  await page.getByRole('button', { name: 'Edit' }).click()
  await page.getByLabel('Take profit at').fill(at(1.2))
  await page.getByLabel('Stop loss at').fill('')
  await dialog().getByText('Set aside').waitFor()
  await send.click()
  await page.waitForURL((url) => !url.pathname.endsWith(id ?? ''))
  const next = new URL(page.url()).pathname.split('/').at(-1)
  const exits = await trader.ask<{ order: Record<string, string> }>(
    'query O($id: ID!) { order(id: $id) { takeProfitPrice stopLossPrice } }',
    { id: next },
  )
  expect(exits.data?.order).toEqual({
    ...{ takeProfitPrice: String(Number(at(1.2))), stopLossPrice: null },
  })
  // The line of its exits leaves the table of a laptop its columns.
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.goto('/trade/ETH')
  const open = page.getByRole('region', { name: 'Open orders' })
  await open.getByText(`Exits $${Number(at(1.2)).toLocaleString('en')}`).waitFor()
  await open.getByRole('columnheader', { name: 'Good till' }).waitFor()
  // Its line cannot be moved above its exit either, which the dialog says before anything is sent.
  await page.locator(`[role=slider][aria-valuenow="${Number(at(0.85))}"]`).focus()
  for (let press = 0; press < 36; press += 1) await page.keyboard.press('PageUp')
  await page.keyboard.press('Enter')
  await dialog()
    .getByText(/^Limit price: does not fit the open order, whose take-profit price must be above/)
    .waitFor()
  await dialog().getByText('Then sells').waitFor()
  expect(await dialog().getByRole('button', { name: 'Move order' }).isDisabled()).toBe(true)
  await dialog().getByRole('button', { name: 'Back' }).click()
  expect(watched.problems).toEqual([])
})
