/** @jest-environment jsdom */
import '../../testing/browser.ts'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { cleanup, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { owned, platform } from '../../testing/dashboard-api.ts'
import { renderPage } from '../../testing/render-page.tsx'
import { DashboardPage } from './DashboardPage.tsx'

beforeEach(() => {
  localStorage.clear()
  sessionStorage.clear()
})
afterEach(cleanup)

it('opens the red pocket in the footer and updates the cash', async () => {
  let isClaimed = false
  const claim = {
    __typename: 'ClaimRedPocketPayload',
    amount: '88.88',
    size: 'BIG',
    cashAfter: '1323.38',
    nextClaimAt: '2026-11-22T00:00:00.000Z',
    withdrawableAt: null,
  }
  const api = platform({
    ValuesPortfolio: () => owned(isClaimed ? '1323.38' : '1234.50'),
    DashboardClaimRedPocket: () => {
      isClaimed = true
      return { data: { claimRedPocket: claim } }
    },
  })
  const user = userEvent.setup()
  await renderPage(<DashboardPage />, api)
  await user.click(screen.getByRole('button', { name: 'Red pocket' }))
  await user.type(await screen.findByLabelText('Lucky phrase'), '恭喜发财')
  await user.click(screen.getByRole('button', { name: 'Open the red pocket' }))

  await screen.findByText('$88.88')
  const dialog = screen.getByRole('dialog', { name: 'Red pocket' })
  expect(dialog.contains(document.activeElement)).toBe(true)
  expect(screen.getByRole('img', { name: 'A big red envelope, full of gold' })).toBeTruthy()
  expect(await screen.findAllByText('$1,323.38')).not.toHaveLength(0)
  await user.keyboard('{Escape}')
  await waitFor(() => expect(screen.queryByText('$88.88')).toBeNull())
  expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Red pocket' }))
})

it('shows the refusal of a phrase at its field', async () => {
  const details = { field: 'phrase', reason: 'must not be blank' }
  const api = platform({ DashboardClaimRedPocket: { code: 'BAD_USER_INPUT', details } })
  const user = userEvent.setup()
  await renderPage(<DashboardPage />, api)
  await user.click(screen.getByRole('button', { name: 'Red pocket' }))
  const field = await screen.findByLabelText('Lucky phrase')
  await user.type(field, '\u200b')
  await user.click(screen.getByRole('button', { name: 'Open the red pocket' }))
  await screen.findByText('This must not be blank.')
  expect(field.getAttribute('aria-invalid')).toBe('true')
  expect(document.activeElement).toBe(field)
  expect(screen.queryByRole('alert')).toBeNull()
})

it('keeps a phrase while the red pocket is closed', async () => {
  const user = userEvent.setup()
  await renderPage(<DashboardPage />, platform())
  const open = () => user.click(screen.getByRole('button', { name: 'Red pocket' }))
  await open()
  await user.type(await screen.findByLabelText('Lucky phrase'), '新年好')
  await user.keyboard('{Escape}')
  await waitFor(() => expect(screen.queryByLabelText('Lucky phrase')).toBeNull())
  await open()
  expect(await screen.findByLabelText('Lucky phrase')).toHaveProperty('value', '新年好')
})

it('offers no phrase while it is unknown whether a red pocket can be opened', async () => {
  const down = { code: 'SUBGRAPH_UNAVAILABLE', serviceName: 'cny' } as const
  await renderPage(<DashboardPage />, platform({ DashboardRedPocket: down }))
  await userEvent.click(await screen.findByRole('button', { name: 'Red pocket' }))
  const dialog = within(await screen.findByRole('dialog', { name: 'Red pocket' }))
  await dialog.findByText('Reference req_test')
  expect(dialog.queryByLabelText('Lucky phrase')).toBeNull()
  expect(dialog.getByRole('button', { name: 'Retry' })).toBeTruthy()
})
