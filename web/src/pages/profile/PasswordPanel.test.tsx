/** @jest-environment jsdom */
import '../../testing/browser.ts'
import { afterEach, expect, it } from '@jest/globals'
import { cleanup, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { createFakeApi, type FakeAnswer } from '../../testing/fake-api.ts'
import { renderPage } from '../../testing/render-page.tsx'
import { PasswordPanel } from './PasswordPanel.tsx'

afterEach(cleanup)

async function change(answer: FakeAnswer, next = 'Battery-Staple-77') {
  const user = userEvent.setup()
  const api = createFakeApi({ ProfileChangePassword: answer })
  await renderPage(<PasswordPanel username="ada_lovelace" />, api)
  await user.type(
    screen.getByLabelText(/^Current password/, { selector: 'input' }),
    'Correct-Horse-42',
  )
  await user.type(screen.getByLabelText(/^New password/, { selector: 'input' }), next)
  await user.click(screen.getByRole('button', { name: 'Change password' }))
  return api
}

/** The labels of the fields that assistive technology calls wrong. */
const wrongFields = () =>
  [...document.querySelectorAll<HTMLInputElement>('input[aria-invalid=true]')].map(
    ({ labels }) => labels?.[0]?.firstChild?.textContent,
  )

it.each(['unreachable', { code: 'OUTCOME_UNKNOWN', serviceName: 'user' }] as const)(
  'does not promise a safe retry without a response: %p',
  async (answer) => {
    await change(answer)
    const notice = await screen.findByRole('alert')
    expect(notice.textContent).toContain('either password may be in force')
    expect(notice.textContent).not.toContain('it cannot happen twice')
  },
)

it('shows the error of a wrong current password at its field', async () => {
  await change({ code: 'WRONG_PASSWORD', serviceName: 'user' })
  await screen.findByText('The current password is wrong.')
  await waitFor(() =>
    expect(document.activeElement).toBe(
      screen.getByLabelText(/^Current password/, { selector: 'input' }),
    ),
  )
  expect(screen.queryByRole('alert')).toBeNull()
  expect(wrongFields()).toEqual(['Current password'])
})

it('has switches that the keyboard reaches and that show the password', async () => {
  await renderPage(<PasswordPanel username="ada_lovelace" />, createFakeApi())
  const user = userEvent.setup()
  const field = screen.getByLabelText(/^Current password/, { selector: 'input' })
  await user.click(field)
  await user.tab()
  expect(document.activeElement?.getAttribute('aria-label')).toBe('Toggle password visibility')
  await user.keyboard(' ')
  expect(field.getAttribute('type')).toBe('text')
})

it('does not send the current password as the new one', async () => {
  const api = await change('unreachable', 'Correct-Horse-42')
  await screen.findByText('Choose one that differs from the current password.')
  expect(wrongFields()).toEqual(['New password'])
  expect(document.activeElement).toBe(screen.getByLabelText(/^New password/, { selector: 'input' }))
  expect(api.calls).toEqual([])
})

it('shows the refusal of a new password at its field', async () => {
  const details = { field: 'newPassword', reason: 'must not contain the username' }
  await change({ code: 'BAD_USER_INPUT', details })
  await screen.findByText('This must not contain the username.')
  await waitFor(() =>
    expect(document.activeElement).toBe(
      screen.getByLabelText(/^New password/, { selector: 'input' }),
    ),
  )
  expect(screen.queryByRole('alert')).toBeNull()
})

it('forgets the error of the current password when that is edited', async () => {
  await change({ code: 'WRONG_PASSWORD', serviceName: 'user' })
  await screen.findByText('The current password is wrong.')
  const user = userEvent.setup()
  await user.type(screen.getByLabelText(/^New password/, { selector: 'input' }), '8')
  screen.getByText('The current password is wrong.')
  await user.type(screen.getByLabelText(/^Current password/, { selector: 'input' }), '3')
  expect(screen.queryByText('The current password is wrong.')).toBeNull()
})
