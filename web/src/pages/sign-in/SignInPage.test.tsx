/** @jest-environment jsdom */
import '../../testing/browser.ts'
import { expect, it } from '@jest/globals'
import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { createFakeApi, reply } from '../../testing/fake-api.ts'
import { renderPage } from '../../testing/render-page.tsx'
import { SignInPage } from './SignInPage.tsx'

it('focuses the field that was refused', async () => {
  const details = { field: 'username', reason: 'must be at most 30 characters' }
  const fetch = () => Promise.resolve(reply(400, { code: 'BAD_USER_INPUT', details }))
  await renderPage(<SignInPage />, { ...createFakeApi(), fetch }, { isSignedIn: false })
  await userEvent.type(screen.getByLabelText(/^Username/), 'ada')
  await userEvent.type(screen.getByLabelText(/^Password/, { selector: 'input' }), 'x{Enter}')
  await screen.findByText('This must be at most 30 characters.')
  expect(document.activeElement).toBe(screen.getByLabelText(/^Username/))
})
