/** @jest-environment jsdom */
import '../testing/browser.ts'
import { expect, it } from '@jest/globals'
import { screen, within } from '@testing-library/react'
import { createFakeApi } from '../testing/fake-api.ts'
import { renderPage } from '../testing/render-page.tsx'
import { AmountPrivacy } from '../ui/amounts.tsx'
import { GridTable } from '../ui/GridTable.tsx'
import { allOrderColumns, openOrderColumns } from './order-columns.tsx'

const waiting = {
  assetId: 'BTC',
  type: 'LIMIT' as const,
  status: 'PENDING' as const,
  quantity: '0.25',
  limitPrice: '60000',
  createdAt: '2026-11-21T12:00:00.000Z',
}

it('shows what each open order holds: cash for a buy, the asset for a sale', async () => {
  const rows = [
    { ...waiting, id: 'ord_1', side: 'BUY' as const, heldCash: '15000.00' },
    { ...waiting, id: 'ord_2', side: 'SELL' as const, heldCash: null },
  ]
  const table = (
    <GridTable label="Orders" columns={openOrderColumns} rows={rows} rowKey={({ id }) => id} />
  )
  await renderPage(table, createFakeApi())
  expect(screen.getAllByRole('cell', { name: 'Holds $15,000.00' })).toHaveLength(1)
  expect(screen.getAllByRole('cell', { name: 'Holds 0.25 BTC' })).toHaveLength(1)
})

it('shows the type of each open order and what it waits for', async () => {
  const stop = { ...waiting, side: 'SELL' as const, stopPrice: '55000' }
  const rows = [
    { ...stop, id: 'ord_1', type: 'STOP' as const, limitPrice: null },
    {
      ...{ ...stop, id: 'ord_2', type: 'STOP_LIMIT' as const, limitPrice: '54000' },
      triggeredAt: '2026-11-21T12:30:00.000Z',
    },
    { ...stop, id: 'ord_3', type: 'OCO' as const, limitPrice: '70000' },
    {
      ...{ ...stop, id: 'ord_4', type: 'TRAILING_STOP' as const, limitPrice: null },
      trailBasisPoints: 250,
    },
    {
      ...{ ...stop, id: 'ord_6', type: 'OCO' as const, limitPrice: '70000' },
      ...{ stopLimitPrice: '54500', triggeredAt: '2026-11-21T12:30:00.000Z' },
    },
    { ...stop, id: 'ord_5', type: 'STOP_LIMIT' as const, limitPrice: '54000' },
  ]
  const table = (
    <GridTable label="Orders" columns={openOrderColumns} rows={rows} rowKey={({ id }) => id} />
  )
  await renderPage(table, createFakeApi())
  const lines = screen
    .getAllByRole('row')
    .slice(1)
    .map((row) => {
      const [, type, price] = within(row).getAllByRole('cell')
      return [type?.textContent, price?.textContent]
    })
  expect(lines).toEqual([
    ['Stop', 'Stop $55,000.00'],
    ['Stop limit', 'Triggered at $55,000.00, limit $54,000.00'],
    ['Limit or stop', 'Limit $70,000.00 or stop $55,000.00'],
    ['Trailing stop', 'Stop $55,000.00, trails by 2.5%'],
    ['Limit or stop', 'Triggered at $55,000.00, limit $54,500.00'],
    ['Stop limit', 'Stop $55,000.00, limit $54,000.00'],
  ])
})

it('tells no quantity in hide-amounts mode, to assistive technology either', async () => {
  const rows = [{ ...waiting, id: 'ord_1', side: 'BUY' as const, heldCash: '15000.00' }]
  await renderPage(
    <AmountPrivacy areHidden>
      <GridTable label="Orders" columns={openOrderColumns} rows={rows} rowKey={({ id }) => id} />
    </AmountPrivacy>,
    createFakeApi(),
  )
  screen.getByRole('button', { name: /^Cancel ?: buy hidden BTC$/ })
  expect(screen.getByRole('table').textContent).not.toContain('0.25')
})

it('shows the price of a fill as market prices are, and the exact one under the pointer', async () => {
  const filled = { ...waiting, status: 'COMPLETED' as const, quantity: '1000', total: '153.45' }
  const row = { ...filled, id: 'ord_1', side: 'BUY' as const, assetId: 'DOGE', price: '0.153447' }
  await renderPage(
    <GridTable label="Orders" columns={allOrderColumns} rows={[row]} rowKey={({ id }) => id} />,
    createFakeApi(),
  )
  screen.getByRole('cell', { name: '$0.1534' })
  screen.getByTitle('$0.153447')
})

it('breaks a number between its groups only where it is longer than a line', async () => {
  const rows = ['1304.53783486', '123456789.12345678'].map((quantity) => ({
    ...{ ...waiting, id: `ord_${quantity}`, side: 'SELL' as const },
    ...{ assetId: 'DOGE', quantity },
  }))
  await renderPage(
    <GridTable label="Orders" columns={openOrderColumns} rows={rows} rowKey={({ id }) => id} />,
    createFakeApi(),
  )
  const breaks = screen.getAllByRole('link').map((link) => link.querySelectorAll('wbr').length)
  expect(breaks).toEqual([0, 2])
})
