import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Page } from 'playwright-core'
import { findBarriers } from '../world/browser.ts'
import { described } from '../world/forms.ts'
import { openTicketStage, type TicketStage } from '../world/ticket.ts'

let stage: TicketStage
let page: Page

beforeAll(async () => {
  stage = await openTicketStage()
  page = stage.watched.page
})
afterAll(() => stage.stop())

interface Recurring {
  readonly assetId: string
  readonly amount: string
  readonly dayOfMonth: number | null
  readonly status: string
  readonly nextAt: string | null
}

async function recurringOrders(): Promise<readonly Recurring[]> {
  const query = '{ me { recurringOrders { assetId amount dayOfMonth status nextAt } } }'
  const { data } = await stage.trader.ask<{ me: { recurringOrders: readonly Recurring[] } }>(query)
  return data?.me.recurringOrders ?? []
}

const button = (name: RegExp | string) => page.getByRole('button', { name })
const row = () => page.getByRole('list', { name: 'Recurring orders' }).getByRole('listitem')

describe('the recurring orders of the page of orders', () => {
  it('are created with the next dates in view', async () => {
    await page.goto('/orders')
    await page.getByRole('link', { name: 'Recurring orders' }).click()
    await button('New recurring order').click()
    expect(await described(button('Create recurring order'))).toBe('Choose an asset first.')
    const chosen = (label: string) => page.locator(`[role=combobox][value="${label}"]`)
    await page.getByLabel('Amount of each buy in US dollars').fill('25')
    await page.getByRole('combobox', { name: 'Time zone' }).click()
    await page.keyboard.insertText('tokyo')
    await page.keyboard.press('Enter')
    await chosen('Asia/Tokyo').waitFor()
    // Each Enter chooses; with all else filled in, it would send the form if it got there.
    await page.getByRole('combobox', { name: 'Asset to buy' }).click()
    await page.keyboard.insertText('ether')
    await page.keyboard.press('Enter')
    await chosen('Ethereum (ETH)').waitFor()
    await page.getByRole('combobox', { name: 'Asset to buy' }).click()
    await page.keyboard.insertText('no such name')
    await page.keyboard.press('Enter')
    await page.getByText('No asset has this name').waitFor()
    await page.keyboard.press('Escape')
    await chosen('Ethereum (ETH)').waitFor()
    expect(await recurringOrders()).toEqual([])
    await page.getByRole('combobox', { name: 'Asset to buy' }).fill('bitc')
    await page.getByRole('option', { name: 'Bitcoin (BTC)' }).click()
    await page.getByLabel('Day of the month').selectOption('31')
    await page.getByLabel('Time', { exact: true }).fill('08:15')
    await page.getByText('The next dates, in your time:').waitFor()
    expect(await findBarriers(page)).toEqual([])
    await button('Create recurring order').click()
    await row().getByText('On the last day of every month at 08:15').waitFor()
    expect(await recurringOrders()).toMatchObject([
      { assetId: 'BTC', amount: '25.00', dayOfMonth: 31, status: 'ACTIVE' },
    ])
    expect(await findBarriers(page)).toEqual([])
  })

  it('are paused, resumed and deleted', async () => {
    await button(/^Pause/).click()
    await row().getByText('Paused').waitFor()
    expect(await recurringOrders()).toMatchObject([{ status: 'PAUSED', nextAt: null }])
    await button(/^Resume/).click()
    await row()
      .getByText(/^Next: /)
      .waitFor()
    await button(/^Delete/).click()
    await button(/^Delete now/).click()
    await page.getByText('Nothing is bought on a schedule').waitFor()
    expect(await recurringOrders()).toEqual([])
  })
})
