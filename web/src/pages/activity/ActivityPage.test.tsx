/** @jest-environment jsdom */
import '../../testing/browser.ts'
import { expect, it } from '@jest/globals'
import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { useLocation } from 'react-router'
import { createFakeApi } from '../../testing/fake-api.ts'
import { renderPage } from '../../testing/render-page.tsx'
import { ActivityPage } from './ActivityPage.tsx'

const Search = () => <output aria-label="Search">{useLocation().search}</output>

it('takes its filter from the address, and keeps it there', async () => {
  const api = createFakeApi()
  const page = (
    <>
      <Search />
      <ActivityPage />
    </>
  )
  await renderPage(page, api, { at: '/activity?kind=BUY&kind=toString' })
  await userEvent.click(screen.getByRole('combobox', { name: 'Kinds' }))
  await userEvent.click(await screen.findByRole('option', { name: 'Deposit' }))
  await waitFor(() =>
    expect(screen.getByLabelText('Search').textContent).toBe('?kind=BUY&kind=DEPOSIT'),
  )
  const asked = api.calls.map(({ variables }) => variables['kinds'])
  expect(asked[0]).toEqual(['BUY'])
  await waitFor(() => expect(api.calls.at(-1)?.variables['kinds']).toEqual(['BUY', 'DEPOSIT']))
})
