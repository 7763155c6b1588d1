/** @jest-environment jsdom */
import '../testing/browser.ts'
import { expect, it } from '@jest/globals'
import { screen } from '@testing-library/react'
import { createFakeApi } from '../testing/fake-api.ts'
import { renderPage } from '../testing/render-page.tsx'
import { GridTable } from '../ui/GridTable.tsx'
import { openOrderColumns } from './order-columns.tsx'

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
  expect(screen.getAllByRole('cell', { name: '$15,000.00' })).toHaveLength(1)
  expect(screen.getAllByRole('cell', { name: '0.25 BTC' })).toHaveLength(1)
})

it('shows which price each open order waits for', async () => {
  const stop = { ...waiting, side: 'SELL' as const, stopPrice: '55000' }
  const rows = [
    { ...stop, id: 'ord_1', limitPrice: null },
    { ...stop, id: 'ord_2', limitPrice: '54000', triggeredAt: '2026-11-21T12:30:00.000Z' },
  ]
  const table = (
    <GridTable label="Orders" columns={openOrderColumns} rows={rows} rowKey={({ id }) => id} />
  )
  await renderPage(table, createFakeApi())
  const texts = screen.getAllByRole('cell').map(({ textContent }) => textContent)
  expect(texts).toContain('Stop $55,000.00')
  expect(texts).toContain('Triggered at $55,000.00, limit $54,000.00')
})
