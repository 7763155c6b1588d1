/** @jest-environment jsdom */
import '../testing/browser.ts'
import { expect, it } from '@jest/globals'
import { screen } from '@testing-library/react'
import { createFakeApi } from '../testing/fake-api.ts'
import { renderPage } from '../testing/render-page.tsx'
import { AmountPrivacy } from '../ui/amounts.tsx'
import { ActivityList } from './ActivityList.tsx'

const nothing = {
  assetId: 'BTC',
  cashChange: '0.00',
  cashHeldChange: '0.00',
  quantityChange: '0',
  quantityHeldChange: '0',
  price: null,
  createdAt: '2026-11-21T12:00:00.000Z',
}

it('shows for every entry what moved, or what was set aside and returned', async () => {
  const entries = [
    { ...nothing, id: '1', kind: 'HOLD' as const, quantityHeldChange: '0.002' },
    { ...nothing, id: '2', kind: 'RELEASE' as const, quantityHeldChange: '-0.003' },
    { ...nothing, id: '3', kind: 'HOLD' as const, cashHeldChange: '60.00' },
    { ...nothing, id: '4', kind: 'SELL' as const, cashChange: '5.00', quantityChange: '-0.001' },
    { ...nothing, id: '5', kind: 'RED_POCKET' as const, assetId: null, cashChange: '8.88' },
  ]
  const { unmount } = await renderPage(
    <ActivityList entries={entries} nowMs={0} />,
    createFakeApi(),
  )
  const linesOf = () => screen.getAllByRole('listitem').map(({ textContent }) => textContent)
  const lines = linesOf()
  const amounts = ['0.002 BTC held', '0.003 BTC freed', '$60.00 held', '+$5.00', '+$8.88']
  expect(lines[0]).toMatch(/^Set aside BTC/)
  expect(lines[2]).toMatch(/^Set aside for buying BTC/)
  amounts.forEach((amount, index) => expect(lines[index]).toContain(amount))

  unmount()
  const hidden = (
    <AmountPrivacy areHidden>
      <ActivityList entries={entries} nowMs={0} />
    </AmountPrivacy>
  )
  await renderPage(hidden, createFakeApi())
  const dots = ['•••hidden BTC held', '•••hidden BTC freed', '•••hidden held', '•••', '•••']
  dots.forEach((amount, index) => expect(linesOf()[index]).toContain(amount))
  expect(linesOf().join('')).not.toMatch(/0\.00|60|8\.88/)
})
