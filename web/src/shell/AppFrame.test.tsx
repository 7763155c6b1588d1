/** @jest-environment jsdom */
import '../testing/browser.ts'
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals'
import { cleanup, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { Route, Routes } from 'react-router'
import { createFakeApi } from '../testing/fake-api.ts'
import { Address, renderPage } from '../testing/render-page.tsx'
import { AppFrame } from './AppFrame.tsx'
import { RequireSession } from './RequireSession.tsx'

beforeEach(() => localStorage.clear())
afterEach(cleanup)

const app = (
  <>
    <Address />
    <Routes>
      <Route element={<AppFrame />}>
        <Route path="/market" element={<input aria-label="Note" />} />
        <Route element={<RequireSession />}>
          <Route path="/orders" element={<h1>Orders</h1>} />
          <Route path="/trade" element={<h1>Trade</h1>} />
        </Route>
      </Route>
      <Route path="*" element={null} />
    </Routes>
  </>
)

const address = () => screen.getByLabelText('Address').textContent

it('sends visitors to sign in, and keeps their destination', async () => {
  await renderPage(app, createFakeApi(), { at: '/orders?side=BUY', isSignedIn: false })
  await waitFor(() => expect(address()).toBe('/sign-in?next=%2Forders%3Fside%3DBUY'))
})

it('shows visitors only public pages', async () => {
  await renderPage(app, createFakeApi(), { at: '/market', isSignedIn: false })
  const links = within(screen.getByRole('navigation', { name: 'Main' })).getAllByRole('link')
  expect(links.map(({ textContent }) => textContent)).toEqual(['Market', 'System'])
})

it('opens the ticket with a letter, but not while typing', async () => {
  await renderPage(app, createFakeApi(), { at: '/market' })
  const user = userEvent.setup()
  await user.type(screen.getByLabelText('Note'), 'bs')
  expect(address()).toBe('/market')
  await user.tab()
  await user.keyboard('s')
  expect(address()).toBe('/trade?side=sell')
})

it('lists its shortcuts with "?", and turns the letters off there', async () => {
  await renderPage(app, createFakeApi(), { at: '/orders' })
  const user = userEvent.setup()
  await user.keyboard('?')
  const dialog = await screen.findByRole('dialog', { name: 'Keyboard shortcuts' })
  await user.click(await within(dialog).findByRole('switch', { name: /^Single-key shortcuts/ }))
  await user.keyboard('{Escape}')
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  await user.keyboard('b')
  expect(address()).toBe('/orders')
})

it('promises no more than live data while it is offline', async () => {
  const online = jest.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
  await renderPage(app, createFakeApi(), { at: '/orders' })
  expect(screen.getByRole('status', { name: 'State of the platform' }).textContent).toMatch(
    /^You are offline\. Prices and lists update again .* Nothing can be sent until then\.$/,
  )
  online.mockRestore()
})

it('signs out, and ends the session of the cookie', async () => {
  const api = createFakeApi()
  const { session } = await renderPage(app, api, { at: '/orders' })
  await userEvent.click(screen.getByRole('button', { name: 'Sign out' }))
  await waitFor(() => expect(session.getState().status).toBe('anonymous'))
  expect(api.sessionCalls).toEqual(['/auth/sign-in', '/auth/sign-out'])
})
