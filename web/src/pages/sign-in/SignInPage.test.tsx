/** @jest-environment jsdom */
import '../../testing/browser.ts'
import { afterEach, expect, it } from '@jest/globals'
import { act, cleanup, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { Route, Routes } from 'react-router'
import { RequireSession } from '../../shell/RequireSession.tsx'
import { createFakeApi, reply } from '../../testing/fake-api.ts'
import { renderPage } from '../../testing/render-page.tsx'
import { SignInPage } from './SignInPage.tsx'

afterEach(cleanup)

it('focuses the field that was refused', async () => {
  const details = { field: 'username', reason: 'must be at most 30 characters' }
  const fetch = () => Promise.resolve(reply(400, { code: 'BAD_USER_INPUT', details }))
  await renderPage(<SignInPage />, { ...createFakeApi(), fetch }, { isSignedIn: false })
  await userEvent.type(screen.getByLabelText(/^Username/), 'ada')
  await userEvent.type(screen.getByLabelText(/^Password/, { selector: 'input' }), 'x{Enter}')
  await screen.findByText('This must be at most 30 characters.')
  expect(document.activeElement).toBe(screen.getByLabelText(/^Username/))
})

async function fill(name = 'ada_lovelace') {
  await userEvent.type(screen.getByLabelText(/^Username/), name)
  await userEvent.type(screen.getByLabelText(/^Password/, { selector: 'input' }), 'x{Enter}')
}

it('says that nobody can sign in while the service is down, and signs in when it is back', async () => {
  let isUp = false
  const api = createFakeApi()
  const down = () => Promise.resolve(reply(503, { code: 'SUBGRAPH_UNAVAILABLE' }))
  const fetch: typeof api.fetch = (...args) => (isUp ? api.fetch(...args) : down())
  await renderPage(<SignInPage />, { ...api, fetch }, { isSignedIn: false })
  await fill()
  const notice = await screen.findByRole('alert')
  expect(notice.textContent).toMatch(/^Signing in is not possible at the moment.* tries again/)
  isUp = true
  await waitFor(() => expect(api.sessionCalls).toContain('/auth/sign-in'))
})

it('forgets wrong credentials when one of them is edited', async () => {
  const fetch = () => Promise.resolve(reply(401, { code: 'INVALID_CREDENTIALS' }))
  await renderPage(<SignInPage />, { ...createFakeApi(), fetch }, { isSignedIn: false })
  await fill()
  await screen.findByText('The username or the password is wrong.')
  await userEvent.type(screen.getByLabelText(/^Username/), 'x')
  expect(screen.queryByText('The username or the password is wrong.')).toBeNull()
})

it.each([
  ['ended', /^Your session has ended\. .* still there for you\.$/],
  ['signed-out', /^You are signed out in this browser, which has removed what you had not sent\./],
] as const)('says what became of the drafts of a user who is %s', async (how, words) => {
  const { session } = await renderPage(
    <Routes>
      <Route element={<RequireSession />}>
        <Route path="/dashboard" element={<p>Inside</p>} />
      </Route>
      <Route path="/sign-in" element={<SignInPage />} />
    </Routes>,
    createFakeApi(),
    { at: '/dashboard' },
  )
  await screen.findByText('Inside')
  act(() => session.leave(how))
  expect((await screen.findByRole('status')).textContent).toMatch(words)
})
