/** @jest-environment jsdom */
import '../../testing/browser.ts'
import { afterEach, expect, it } from '@jest/globals'
import { cleanup, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { createFakeApi, type FakeAnswer } from '../../testing/fake-api.ts'
import { renderPage } from '../../testing/render-page.tsx'
import { PasswordPanel } from './PasswordPanel.tsx'

afterEach(cleanup)

async function change(answer: FakeAnswer) {
  const user = userEvent.setup()
  const api = createFakeApi({ ProfileChangePassword: answer })
  await renderPage(<PasswordPanel username="ada_lovelace" />, api)
  await user.type(screen.getByLabelText(/^Current password/), 'Correct-Horse-42')
  await user.type(screen.getByLabelText(/^New password/), 'Battery-Staple-77')
  await user.click(screen.getByRole('button', { name: 'Change password' }))
}

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
    expect(document.activeElement).toBe(screen.getByLabelText(/^Current password/)),
  )
  expect(screen.queryByRole('alert')).toBeNull()
})
