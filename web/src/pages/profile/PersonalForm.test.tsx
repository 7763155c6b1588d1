/** @jest-environment jsdom */
import '../../testing/browser.ts'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { Link, Route, Routes } from 'react-router'
import { createFakeApi, type FakeAnswer, type FakeOperations } from '../../testing/fake-api.ts'
import { renderPage } from '../../testing/render-page.tsx'
import { ProfilePage } from './ProfilePage.tsx'

beforeEach(() => {
  localStorage.clear()
  sessionStorage.clear()
})
afterEach(cleanup)

const ada = {
  __typename: 'User',
  username: 'ada_lovelace',
  email: 'ada@example.com',
  firstName: 'Ada',
  lastName: 'Lovelace',
  phone: null as string | null,
  dateOfBirth: null,
  marketingConsent: false,
  role: 'CUSTOMER',
  isGuest: false,
  updatedAt: '2026-11-21T12:00:00.000Z',
  createdAt: '2026-11-21T12:00:00.000Z',
}

const platform = (operations: FakeOperations = {}) =>
  createFakeApi({
    ProfileUser: { data: { me: ada } },
    ProfileSessions: { data: { me: { __typename: 'User', username: ada.username, sessions: [] } } },
    ...operations,
  })

const form = () => screen.findByRole('form', { name: 'Personal data' })
const field = async (label: RegExp) => within(await form()).getByLabelText<HTMLInputElement>(label)
const valueOf = async (label: RegExp) => (await field(label)).value
const enter = async (label: RegExp, value: string) =>
  fireEvent.change(await field(label), { target: { value } })
const button = (name: string) => screen.getByRole('button', { name })
const asksToStay = () => !window.dispatchEvent(new Event('beforeunload', { cancelable: true }))

it('keeps what is not saved, says so, and never keeps a password', async () => {
  const { unmount } = await renderPage(<ProfilePage />, platform())
  await enter(/^First name/, 'Augusta')
  await enter(/^E-mail/, 'augusta@example.com')
  await enter(/^Current password, to change/, 'Correct-Horse-42')
  await screen.findByText(
    'Not saved yet: first name and e-mail. This tab keeps it until you save or discard it.',
  )
  expect(asksToStay()).toBe(false)
  unmount()
  expect(JSON.stringify(Object.entries(sessionStorage))).not.toContain('Correct-Horse-42')

  await renderPage(<ProfilePage />, platform())
  expect(await valueOf(/^First name/)).toBe('Augusta')
  expect(await valueOf(/^E-mail/)).toBe('augusta@example.com')
  expect(await valueOf(/^Current password, to change/)).toBe('')
  expect(screen.getByText(/^Not saved yet: first name and e-mail/)).toBeTruthy()
})

it('discards what is not saved', async () => {
  const { unmount } = await renderPage(<ProfilePage />, platform())
  await enter(/^Last name/, 'King 2')
  fireEvent.blur(await field(/^Last name/))
  await screen.findByText(/“2” \(character 6\)/)
  await userEvent.click(button('Discard changes'))
  await screen.findByText('Nothing has been changed yet.')
  expect(await valueOf(/^Last name/)).toBe('Lovelace')
  expect(screen.queryByText(/“2” \(character 6\)/)).toBeNull()
  unmount()
  await renderPage(<ProfilePage />, platform())
  expect(await valueOf(/^Last name/)).toBe('Lovelace')
})

it('forgets what was saved', async () => {
  const saved: FakeAnswer = {
    data: {
      updateProfile: {
        __typename: 'UpdateProfilePayload',
        user: { ...ada, phone: '442079460018' },
      },
    },
  }
  const api = platform({ ProfileUpdate: saved })
  const { unmount } = await renderPage(<ProfilePage />, api)
  await enter(/^Phone/, '+44 20 7946 0018')
  await userEvent.click(button('Save'))
  await screen.findByText('Profile saved')
  expect(await valueOf(/^Phone/)).toBe('442079460018')
  expect(screen.getByText('Nothing has been changed yet.')).toBeTruthy()
  unmount()
  await renderPage(<ProfilePage />, platform())
  expect(await valueOf(/^Phone/)).toBe('')
})

const withRoutes = (
  <Routes>
    <Route
      path="/profile"
      element={
        <>
          <Link to="/dashboard">Leave</Link>
          <ProfilePage />
        </>
      }
    />
    <Route path="/dashboard" element={<Link to="/profile">Return</Link>} />
  </Routes>
)

it('shows in an untouched field what was saved elsewhere meanwhile', async () => {
  let user = ada
  const api = platform({ ProfileUser: () => ({ data: { me: user } }) })
  await renderPage(withRoutes, api, { at: '/profile' })
  await enter(/^First name/, 'Augusta')
  await userEvent.click(screen.getByRole('link', { name: 'Leave' }))
  user = { ...ada, phone: '442079460018' }
  // The form opens with the user that the page has read before.
  await userEvent.click(screen.getByRole('link', { name: 'Return' }))
  await waitFor(async () => expect(await valueOf(/^Phone/)).toBe('442079460018'))
  expect(await valueOf(/^First name/)).toBe('Augusta')
  expect(screen.getByText(/^Not saved yet: first name\./)).toBeTruthy()
})

it('asks before it is left with more than it can keep', async () => {
  await renderPage(<ProfilePage />, platform())
  await enter(/^First name/, 'a'.repeat(5_000))
  await screen.findByText(/^Not saved yet: first name\. It is too long to be kept/)
  await waitFor(() => expect(asksToStay()).toBe(true))
  await userEvent.click(button('Discard changes'))
  await waitFor(() => expect(asksToStay()).toBe(false))
})
