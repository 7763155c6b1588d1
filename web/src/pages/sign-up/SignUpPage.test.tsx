/** @jest-environment jsdom */
import '../../testing/browser.ts'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { act, cleanup, fireEvent, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { Link, Route, Routes } from 'react-router'
import { createFakeApi } from '../../testing/fake-api.ts'
import { renderPage } from '../../testing/render-page.tsx'
import { SignUpPage } from './SignUpPage.tsx'

beforeEach(() => localStorage.clear())
afterEach(cleanup)

const signUpLink = <Link to="/sign-up">Open an account</Link>

const page = (
  <Routes>
    <Route path="/sign-up" element={<SignUpPage />} />
    <Route path="/sign-in" element={signUpLink} />
    <Route
      path="/dashboard"
      element={
        <>
          <h1>Dashboard</h1>
          {signUpLink}
        </>
      }
    />
  </Routes>
)

const signedUp = {
  signUp: {
    __typename: 'SignUpPayload',
    user: {
      __typename: 'SignedUpUser',
      username: 'ada_lovelace',
      createdAt: '2026-11-21T12:00:00.000Z',
    },
  },
}

const open = (api: ReturnType<typeof createFakeApi>) =>
  renderPage(page, api, { at: '/sign-up', isSignedIn: false })

/** Fills in all required fields and submits the form. */
async function send(password = 'Correct-Horse-42') {
  const enter = (label: RegExp, value: string) =>
    fireEvent.change(screen.getByLabelText(label, { selector: 'input' }), { target: { value } })
  enter(/First name/, 'Ada')
  enter(/Last name/, 'Lovelace')
  enter(/E-mail/, 'ada@example.com')
  enter(/Username/, 'ada_lovelace')
  enter(/^Password/, password)
  await userEvent.click(screen.getByRole('button', { name: 'Open account' }))
}

it('opens the account, signs in and goes to the dashboard', async () => {
  const api = createFakeApi({ SignUpCreate: { data: signedUp } })
  await open(api)
  await send()
  await screen.findByRole('heading', { name: 'Dashboard' })
  expect(api.sessionCalls).toEqual(['/auth/sign-in'])
  expect(api.calls[0]?.variables['input']).not.toHaveProperty('phone')
})

it('moves the focus to the first field with an error', async () => {
  await open(createFakeApi())
  await userEvent.click(screen.getByRole('button', { name: 'Open account' }))
  await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText(/First name/)))
})

it('says which character of an address or a name is not accepted, and where', async () => {
  const api = createFakeApi()
  await open(api)
  const leave = (label: RegExp, value: string) => {
    const field = screen.getByLabelText(label)
    fireEvent.change(field, { target: { value } })
    fireEvent.blur(field)
  }
  leave(/E-mail/, 'josé@example.com')
  await screen.findByText(
    'This must not have “é” (character 4) before the “@”: only a to z, digits and signs like . _ + -.',
  )
  leave(/First name/, 'Ada 2')
  await screen.findByText(/^This must not have “2” \(character 5\), only letters, spaces/)
})

it('asks before it is left with input, because nothing of it is kept', async () => {
  await open(createFakeApi())
  const leave = () => !window.dispatchEvent(new Event('beforeunload', { cancelable: true }))
  expect(leave()).toBe(false)
  await userEvent.type(screen.getByLabelText(/First name/), 'Ada')
  expect(leave()).toBe(true)
  await userEvent.clear(screen.getByLabelText(/First name/))
  expect(leave()).toBe(false)
})

it('keeps the input over other pages until somebody signs in, but never the password', async () => {
  const { session } = await open(createFakeApi())
  await userEvent.type(screen.getByLabelText(/First name/), 'Ada')
  await userEvent.type(screen.getByLabelText(/^Password/), 'Correct-Horse-42')
  const comeBack = async () => {
    await userEvent.click(screen.getByRole('link', { name: 'Sign in' }))
    await userEvent.click(screen.getByRole('link', { name: 'Open an account' }))
    return ['First name', 'Password'].map(
      (name) => screen.getByLabelText<HTMLInputElement>(new RegExp(`^${name}`)).value,
    )
  }
  expect(await comeBack()).toEqual(['Ada', ''])
  expect([localStorage.length, sessionStorage.length]).toEqual([0, 0])
  await act(() => session.signIn('grace_hopper', 'secret'))
  await act(() => session.signOut())
  await userEvent.click(screen.getByRole('link', { name: 'Open an account' }))
  expect(screen.getByLabelText<HTMLInputElement>(/^First name/).value).toBe('')
})

it('does not send a weak password', async () => {
  const api = createFakeApi()
  await open(api)
  await send('too-weak')
  await screen.findByText('The password does not meet all rules.')
  const field = screen.getByLabelText(/^Password/, { selector: 'input' })
  expect(document.activeElement).toBe(field)
  expect(field.getAttribute('aria-invalid')).toBe('true')
  expect(api.calls).toEqual([])
})

it.each([
  [{ code: 'USERNAME_TAKEN' }, 'This username is taken; choose another one.', /Username/],
  [
    { code: 'BAD_USER_INPUT', details: { field: 'email', reason: 'is no address' } },
    'This is no address.',
    /E-mail/,
  ],
])('shows a refusal at its field: %j', async (answer, message, label) => {
  await open(createFakeApi({ SignUpCreate: answer }))
  await send()
  await screen.findByText(message)
  expect(screen.getByLabelText(label).getAttribute('aria-invalid')).toBe('true')
  await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText(label)))
})

it('signs in to the account that is open when the first sign-in was not answered', async () => {
  const api = createFakeApi({ SignUpCreate: { data: signedUp } })
  let isDown = true
  const answer = api.fetch
  const fetchWith: typeof fetch = (input, init) =>
    isDown && input === '/auth/sign-in'
      ? Promise.reject(new TypeError('Failed to fetch'))
      : answer(input, init)
  await open({ ...api, fetch: fetchWith })
  await send()
  await screen.findByText(/^Your account is open, but you are not signed in yet\./)
  isDown = false
  act(() => void window.dispatchEvent(new Event('online')))
  expect(screen.queryByText(/^Your account is open/)).toBeNull()
  await userEvent.click(screen.getByRole('button', { name: 'Sign in' }))
  await waitFor(() => expect(api.sessionCalls).toEqual(['/auth/sign-in']))
  expect(api.calls.map(({ operation }) => operation)).toEqual(['SignUpCreate'])
})
