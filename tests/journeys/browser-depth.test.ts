import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Page } from 'playwright-core'
import { findBarriers, findOverlaps, untilFrame } from '../world/browser.ts'
import { openTicketStage, type TicketStage } from '../world/ticket.ts'

let stage: TicketStage
let page: Page

beforeAll(async () => {
  stage = await openTicketStage({ MARKET_DEPTH: 'simulated', MARKET_SPREAD_BASIS_POINTS: '20' })
  page = stage.watched.page
})
afterAll(() => stage.stop())

const region = (name: string) => page.getByRole('region', { name, exact: true })
const levels = () => page.getByRole('table', { name: 'Depth of ETH' })
const trades = () => page.getByRole('table', { name: 'Recent trades of ETH' })
const separator = (name: string) => page.getByRole('separator', { name })

async function open(width: number, height: number): Promise<void> {
  await page.setViewportSize({ width, height })
  await page.goto('/trade/ETH')
  await stage.watched.settled()
}

/** The quantities of the trades, newest first. */
const shown = () => trades().locator('tbody td:nth-child(3)').allInnerTexts()

describe('depth and trades', () => {
  it('are beside the chart: the levels around the price, and where they come from', async () => {
    await open(1440, 900)
    await levels().waitFor()
    await region('Depth').getByText('Simulated').waitFor()
    const rows = await levels().locator('tbody tr').allInnerTexts()
    expect(rows.map((row) => row.split(/\s/)[0])).toEqual([
      ...Array.from({ length: 5 }, () => 'Ask'),
      ...Array.from({ length: 5 }, () => 'Bid'),
    ])
    // Half of 0.2 % from the mid price, and the best prices next to each other.
    expect(rows[4]).toContain('$3,503.50')
    expect(rows[5]).toContain('$3,496.50')
    expect([rows[0], rows[9]]).toEqual([
      expect.stringContaining('any more'),
      expect.stringContaining('any more'),
    ])
    await region('Recent trades').getByText('Nobody has traded ETH recently.').waitFor()
  })

  it('show the trades of others as they happen, newest first', async () => {
    const other = await stage.world.trader({ cash: '1000.00' })
    expect((await other.buys('0.02', 'ETH')).codes).toEqual([])
    await trades().getByText('0.02').waitFor()
    await other.sells('0.01', 'ETH')
    await trades().getByText('0.01', { exact: true }).waitFor()
    expect(await shown()).toEqual(['0.01', '0.02'])
    expect(await trades().innerText()).not.toContain(other.username)
  })

  it('follow the price, and say from when they are', async () => {
    stage.market.setPrice('ETH', 3_600)
    await levels().getByText('$3,603.60').waitFor()
    await region('Depth')
      .getByText(/^At the price of \d\d:\d\d:\d\d$/)
      .waitFor()
    stage.market.setPrice('ETH', 3_500)
    await levels().getByText('$3,503.50').waitFor()
  })

  it('are resized and hidden with the keys of their separators, and stay so', async () => {
    const height = async () => (await region('Depth').boundingBox())?.height ?? 0
    const before = await height()
    await separator('Height of the depth').focus()
    await page.keyboard.press('ArrowUp')
    await page
      .locator('[role=separator][aria-label="Height of the depth"][aria-valuenow="57"]')
      .waitFor()
    await untilFrame(page, async () => (await height()) < before)
    await separator('Width of depth and trades').focus()
    await page.keyboard.press('End')
    await region('Depth').waitFor({ state: 'detached' })
    await page.reload()
    await stage.watched.settled()
    await separator('Width of depth and trades').waitFor()
    await region('Depth').waitFor({ state: 'detached' })
    expect(await findBarriers(page)).toEqual([])
    await page.getByRole('button', { name: 'Show depth and trades' }).click()
    await region('Depth').waitFor()
    await trades().waitFor()
  })

  it('are accessible in both themes, and nothing overlaps at any width', async () => {
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme })
      expect(await findBarriers(page)).toEqual([])
    }
    for (const width of [390, 1024, 1280, 1440]) expect(await findOverlaps(page, width)).toEqual([])
  })

  it.each([
    [390, 844],
    [1024, 768],
  ])(
    'are tabs below the chart at a width of %d, reached with the arrow keys',
    async (width, height) => {
      await open(width, height)
      expect(await levels().count()).toBe(0)
      await page.getByRole('tab', { selected: true }).focus()
      // From the first tab to the last one.
      await page.keyboard.press('ArrowLeft')
      await trades().waitFor()
      expect(await shown()).toEqual(['0.01', '0.02'])
      await page.keyboard.press('ArrowLeft')
      await levels().waitFor()
      await region('Depth').getByText('Simulated').waitFor()
      expect(await findBarriers(page)).toEqual([])
      await page.getByRole('tab', { name: 'Open orders' }).click()
    },
  )

  it('logged no error in the console', () => {
    expect(stage.watched.problems).toEqual([])
  })
})
