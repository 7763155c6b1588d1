/** @jest-environment jsdom */
import '../../../testing/browser.ts'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { cleanup, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { formatDateTime, formatZonedDateTime } from '../../../format/time.ts'
import { createFakeApi, type FakeOperations } from '../../../testing/fake-api.ts'
import { renderPage } from '../../../testing/render-page.tsx'
import { RecurringPanel } from './RecurringPanel.tsx'
import { ownZone } from './schedule.ts'

beforeEach(() => {
  localStorage.clear()
  sessionStorage.clear()
})
afterEach(cleanup)

const nextAt = '2026-12-01T08:30:00.000Z'

const recurring = (more: object = {}) => ({
  __typename: 'RecurringOrder',
  id: 'rec_000001',
  assetId: 'BTC',
  amount: '100.00',
  frequency: 'MONTHLY',
  weekday: null,
  dayOfMonth: 31,
  time: '09:30',
  timeZone: ownZone(),
  status: 'ACTIVE',
  nextAt,
  runs: [],
  ...more,
})

const run = (outcome: string, more: object) => ({
  __typename: 'RecurringRun',
  date: '2026-11-30',
  at: '2026-11-30T08:30:00.000Z',
  outcome,
  orderId: null,
  reason: null,
  ...more,
})

type Order = ReturnType<typeof recurring>

function show(initial: readonly Order[], operations: FakeOperations = {}) {
  let orders = initial
  const api = createFakeApi({
    OrdersRecurring: () => ({
      data: { me: { __typename: 'User', username: 'ada_lovelace', recurringOrders: orders } },
    }),
    OrdersRecurringAssets: {
      data: {
        assets: {
          __typename: 'AssetConnection',
          nodes: [{ __typename: 'Asset', id: 'BTC', name: 'Bitcoin' }],
        },
      },
    },
    OrdersRecurringDates: {
      data: { recurringDates: [{ __typename: 'RecurringDate', at: nextAt, isMoved: true }] },
    },
    OrdersPauseRecurring: () => {
      const recurringOrder = recurring({ status: 'PAUSED', nextAt: null })
      const payload = { __typename: 'RecurringOrderPayload', recurringOrder }
      return { data: { pauseRecurringOrder: payload } }
    },
    OrdersCreateRecurring: () => {
      const recurringOrder = recurring()
      orders = [recurringOrder]
      const payload = { __typename: 'RecurringOrderPayload', recurringOrder }
      return { data: { createRecurringOrder: payload } }
    },
    OrdersDeleteRecurring: ({ id }) => {
      orders = []
      return {
        data: { deleteRecurringOrder: { __typename: 'DeleteRecurringOrderPayload', id } },
      }
    },
    ...operations,
  })
  return renderPage(<RecurringPanel />, api).then(() => api)
}

const list = async () => within(await screen.findByRole('list', { name: 'Recurring orders' }))

it('shows when each buys, and what became of its latest dates', async () => {
  const reason = 'The available cash does not cover this.'
  const runs = [
    run('SKIPPED', { reason }),
    run('BOUGHT', { date: '2026-10-31', orderId: 'ord_0000000001' }),
  ]
  await show([recurring({ runs })])
  const shown = await list()
  shown.getByText('$100.00 of BTC')
  shown.getByText('On the last day of every month at 09:30')
  shown.getByText(`Next: ${formatZonedDateTime(nextAt)}`)
  shown.getByText(`30 Nov: skipped. ${reason}`)
  const bought = shown.getByRole('link', { name: 'bought' })
  expect(bought.getAttribute('href')).toBe('/orders/ord_0000000001')
})

it('pauses at once, and deletes after a question', async () => {
  await show([recurring()])
  await userEvent.click(await screen.findByRole('button', { name: /^Pause/ }))
  await screen.findByText('Paused')
  expect(screen.queryByText(/^Next:/)).toBeNull()
  await userEvent.click(screen.getByRole('button', { name: /^Delete/ }))
  await userEvent.click(screen.getByRole('button', { name: /^Keep/ }))
  await userEvent.click(screen.getByRole('button', { name: /^Delete/ }))
  await userEvent.click(screen.getByRole('button', { name: /^Delete now/ }))
  await screen.findByText('Nothing is bought on a schedule')
})

async function fill() {
  await userEvent.click(await screen.findByRole('button', { name: 'New recurring order' }))
  await userEvent.click(await screen.findByRole('combobox', { name: 'Asset to buy' }))
  await userEvent.click(await screen.findByRole('option', { name: 'Bitcoin (BTC)' }))
  await userEvent.type(screen.getByLabelText('Amount of each buy in US dollars'), '100')
}

it('sends what the form shows, with the next dates in words', async () => {
  const api = await show([])
  await fill()
  await screen.findByText(`${formatDateTime(nextAt)} (clocks skip the time on that day)`)
  await userEvent.selectOptions(screen.getByLabelText('Day of the month'), 'The last day')
  await userEvent.click(screen.getByRole('button', { name: 'Create recurring order' }))
  await list()
  const sent = api.calls.find(({ operation }) => operation === 'OrdersCreateRecurring')
  expect(sent?.variables['input']).toEqual({
    key: expect.stringMatching(/^[0-9a-f]{32}$/),
    assetId: 'BTC',
    amount: '100.00',
    frequency: 'MONTHLY',
    dayOfMonth: 31,
    time: '09:00',
    timeZone: ownZone(),
  })
})

it('shows a refusal at its field until that is changed', async () => {
  await show([], {
    OrdersCreateRecurring: {
      code: 'ORDER_TOO_LARGE',
      details: { field: 'amount', value: '100.00', limit: '50.00' },
    },
  })
  await fill()
  await userEvent.click(screen.getByRole('button', { name: 'Create recurring order' }))
  const field = screen.getByLabelText('Amount of each buy in US dollars')
  await waitFor(() => expect(field.getAttribute('aria-invalid')).toBe('true'))
  await userEvent.type(field, '0')
  expect(field.getAttribute('aria-invalid')).toBeNull()
})
