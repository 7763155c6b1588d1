import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { findBarriers, openBrowser, openPage, signIn, type WatchedPage } from '../world/browser.ts'
import { startWorld, type World } from '../world/world.ts'

let world: World
let browser: Browser
let watched: WatchedPage
let page: Page

beforeAll(async () => {
  world = await startWorld({ WEB_ENABLED: 'true', WEB_PORT: '0' })
  browser = await openBrowser()
  watched = await openPage(browser, `http://127.0.0.1:${world.router.webPort ?? 0}`)
  page = watched.page
  await page.setViewportSize({ width: 1440, height: 900 })
  await signIn(page, await world.trader({ cash: '500.00' }))
  await page.goto('/market')
  await watched.settled()
})

afterAll(async () => {
  await browser.close()
  await world.stop()
})

/** The heights of the rows that are wholly on the screen. */
const heights = () =>
  page.evaluate<number[]>(`[...document.querySelectorAll('tbody tr')]
    .map((row) => row.getBoundingClientRect())
    .filter(({ bottom }) => bottom <= innerHeight)
    .map(({ height }) => height)`)

it('has rows of 40 pixels', async () => {
  expect(Math.max(...(await heights()))).toBeLessThanOrEqual(41)
})

it('shows thirty rows on a laptop once they are compact, and remembers that', async () => {
  await page.getByText('Compact', { exact: true }).click()
  expect((await heights()).length).toBeGreaterThanOrEqual(30)
  await page.reload()
  await watched.settled()
  expect((await heights()).length).toBeGreaterThanOrEqual(30)
  expect(await findBarriers(page)).toEqual([])
})

it('puts decimal points below each other', async () => {
  const places = await page.evaluate<
    number[]
  >(`[...document.querySelectorAll('tbody tr')].map((row) => {
    const { firstChild: text } = row.querySelector('.price-flash')
    const range = document.createRange()
    range.setStart(text, text.data.indexOf('.'))
    range.setEnd(text, text.data.indexOf('.') + 1)
    return range.getBoundingClientRect().left
  })`)
  const median = places.sort((a, b) => a - b)[places.length >> 1] ?? 0
  const isAligned = (left: number) => Math.abs(left - median) < 1
  // Only the prices of a fraction of a cent have more decimals than the column has room for.
  expect(places.filter(isAligned).length).toBeGreaterThan(places.length * 0.8)
})

it('returns to where one was, with the filters', async () => {
  await page.getByText('Altcoins', { exact: true }).click()
  await page.getByText('Comfortable', { exact: true }).click()
  await watched.settled()
  const row = page.locator('tbody tr').nth(20)
  await row.scrollIntoViewIfNeeded()
  const before = await page.evaluate<number>('scrollY')
  expect(before).toBeGreaterThan(0)
  await row.getByRole('link').first().click()
  await page.waitForURL(/\/market\/\w+$/)
  await watched.settled()
  expect(await page.evaluate<number>('scrollY')).toBe(0)
  await page.goBack()
  await page.getByRole('radio', { name: 'Altcoins', checked: true }).waitFor({ state: 'attached' })
  await watched.settled()
  await expect(page.evaluate<number>('scrollY')).resolves.toBe(before)
})

describe('the chart of a price', () => {
  const sight = () => page.getByText(/^\d+ candles?, /)
  const chart = () => page.getByRole('application', { name: /^Bitcoin over / })
  const shows = (text: RegExp) => page.getByText(text).first().waitFor()

  /** The prices of the heading, the chart and its legend, in each frame until there were this many. */
  const watchPrices = (count: number) =>
    page.evaluate<string[][]>(`(async () => {
      const textOf = (selector) => document.querySelector(selector).textContent
      const frames = []
      while (new Set(frames.map(String)).size < ${count}) {
        await new Promise(requestAnimationFrame)
        const label = document.querySelector('[role=application]').ariaLabel
        frames.push([
          textOf('main .figure'),
          / to (.*), lowest/.exec(label)[1],
          document.querySelector('main abbr[title=close]').parentElement.textContent.slice(2),
        ])
      }
      return frames
    })()`)

  it('follows the market in one drawing, and keeps what is in sight', async () => {
    await page.goto('/market/BTC')
    await shows(/^288 candles, /)
    await page.evaluate('globalThis.drawing = document.querySelector("main canvas")')
    await chart().focus()
    await page.keyboard.press('+')
    await shows(/^144 candles, /)
    const newest = await sight().innerText()
    await page.keyboard.press('Home')
    await page.getByText(newest, { exact: true }).waitFor({ state: 'detached' })
    // Without a crosshair the legend has the last candle.
    await page.keyboard.press('Escape')
    const before = await sight().innerText()
    const frames = await watchPrices(4)
    expect(frames.filter((prices) => new Set(prices).size > 1)).toEqual([])
    expect(new Set(frames.map(String)).size).toBe(4)
    await Promise.all([
      page.waitForResponse(
        (answer) => answer.request().postData()?.includes('ChartCandles') ?? false,
      ),
      page.evaluate("document.dispatchEvent(new Event('visibilitychange'))"),
    ])
    await watched.settled()
    expect(await sight().innerText()).toBe(before)
    await page.keyboard.press('0')
    await shows(/^288 candles, /)
  })

  it('has ranges and intervals, and remembers them', async () => {
    await page.getByRole('radiogroup', { name: 'Range' }).getByText('1Y').click()
    await shows(/^365 candles, .* Days of UTC\.$/)
    await page.getByLabel('Interval').selectOption('15 minutes')
    await shows(/^96 candles, /)
    expect(await page.evaluate('globalThis.drawing.isConnected')).toBe(true)
    await page.reload()
    await shows(/^96 candles, /)
    await page.getByRole('radio', { name: '1D', checked: true }).waitFor({ state: 'attached' })
  })

  it('draws indicators with numbers of the user’s, and remembers them', async () => {
    const canvases = () => page.locator('main canvas').count()
    const before = await canvases()
    await page.getByRole('button', { name: 'Indicators' }).click()
    await page.getByRole('checkbox', { name: 'Moving average', exact: true }).check()
    await page.getByLabel('Candles of MA').selectOption('50')
    await page.getByRole('checkbox', { name: 'Relative strength index' }).check()
    expect(await findBarriers(page)).toEqual([])
    await page.keyboard.press('Escape')
    // The legend would show the candle under the pointer, which may be too early for an average of fifty.
    await page.mouse.move(0, 0)
    await shows(/^MA 50\s+\$[\d,.]+$/)
    await shows(/^RSI 14\s+\d+\.\d$/)
    expect(await canvases()).toBeGreaterThan(before)
    await page.reload()
    await shows(/^MA 50\s+\$/)
    await page.getByRole('button', { name: 'Indicators' }).click()
    await page.getByRole('checkbox', { name: 'Relative strength index' }).uncheck()
    await page.getByText(/^RSI 14/).waitFor({ state: 'detached' })
    expect(await canvases()).toBe(before)
    await page.keyboard.press('Escape')
  })

  it('compares with another asset, and is downloaded as a picture', async () => {
    await page.getByRole('button', { name: 'Options' }).click()
    await page.getByLabel('Compare with').selectOption('Ethereum (ETH)')
    await shows(/^ETH \$/)
    expect(await page.getByLabel('Logarithmic scale').isDisabled()).toBe(true)
    expect(await findBarriers(page)).toEqual([])
    await page.keyboard.press('Escape')
    // In per cent, its values would need a wide axis.
    const axis = page.locator('main table tr:first-child td:last-child')
    const widthOf = async () => (await axis.boundingBox())?.width ?? Number.NaN
    const before = await widthOf()
    await page.getByRole('button', { name: 'Indicators' }).click()
    await page.getByRole('checkbox', { name: /^Moving average convergence/ }).check()
    await shows(/^MACD 12/)
    expect(await widthOf()).toBeLessThanOrEqual(before + 8)
    await page.getByRole('checkbox', { name: /^Moving average convergence/ }).uncheck()
    await page.keyboard.press('Escape')
    const [picture] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download as PNG' }).click(),
    ])
    expect(picture.suggestedFilename()).toBe('BTC 1D 15m.png')
    const bytes = await readFile(await picture.path())
    expect(bytes.subarray(1, 4).toString()).toBe('PNG')
  })

  it('tells the candle under the crosshair', async () => {
    await chart().focus()
    await page.keyboard.press('Home')
    const said = page.getByText(/, open \$[\d,.]+, high .* volume \$/)
    const first = await said.innerText()
    const [time = '', open = ''] = first.split(/, open |, high /)
    await page.getByText(time, { exact: true }).waitFor()
    await page.locator('abbr[title="open"]').locator('..').getByText(open).waitFor()
    await page.keyboard.press('ArrowRight')
    await page.getByText(time, { exact: true }).waitFor({ state: 'detached' })
  })
})

it('has rows of two lines on a phone', async () => {
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto('/market')
  await watched.settled()
  expect(Math.max(...(await heights()))).toBeLessThan(64)
  const [first] = await page.locator('tbody tr').allInnerTexts()
  expect(first).toMatch(/\$[\d,.]+[^]*%/)
  expect(await findBarriers(page)).toEqual([])
  expect(watched.problems).toEqual([])
})
