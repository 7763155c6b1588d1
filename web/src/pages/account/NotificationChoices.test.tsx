/** @jest-environment jsdom */
import '../../testing/browser.ts'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { cleanup, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { createFakeApi, type FakeOperations } from '../../testing/fake-api.ts'
import { renderPage } from '../../testing/render-page.tsx'
import { NotificationChoices } from './NotificationChoices.tsx'

beforeEach(() => {
  localStorage.clear()
  sessionStorage.clear()
})
afterEach(cleanup)

/** A fake platform that remembers whether fills are wanted. */
function platform(operations: FakeOperations = {}) {
  let channels = ['BELL']
  const user = () => ({
    __typename: 'User',
    username: 'ada_lovelace',
    notificationChoices: [
      { __typename: 'NotificationChoice', kind: 'PRICE_ALERT', channels: ['BELL'] },
      { __typename: 'NotificationChoice', kind: 'ORDER_FILLED', channels },
    ],
  })
  return createFakeApi({
    AccountNotificationChoices: () => ({ data: { me: user() } }),
    AccountChooseNotificationChannels: ({ input }) => {
      channels = (input as { channels: string[] }).channels
      const __typename = 'ChooseNotificationChannelsPayload'
      return { data: { chooseNotificationChannels: { __typename, user: user() } } }
    },
    ...operations,
  })
}

const fills = () => screen.findByRole('switch', { name: 'An order that waited fills' })

it('switches a kind off and on', async () => {
  const api = platform()
  await renderPage(<NotificationChoices />, api)
  expect(await fills()).toHaveProperty('checked', true)
  await userEvent.click(await fills())
  await waitFor(async () => expect(await fills()).toHaveProperty('checked', false))
  await userEvent.click(await fills())
  await waitFor(async () => expect(await fills()).toHaveProperty('checked', true))
  const sent = api.calls.filter(({ operation }) => operation.startsWith('AccountChoose'))
  expect(sent.map(({ variables }) => variables['input'])).toEqual([
    { kind: 'ORDER_FILLED', channels: [] },
    { kind: 'ORDER_FILLED', channels: ['BELL'] },
  ])
})

it('stays as it was when it is refused, and says why', async () => {
  const refusal = { code: 'RATE_LIMITED' }
  await renderPage(
    <NotificationChoices />,
    platform({ AccountChooseNotificationChannels: refusal }),
  )
  await userEvent.click(await fills())
  await screen.findByText(/That was a bit fast/)
  expect(await fills()).toHaveProperty('checked', true)
})
