/** @jest-environment jsdom */
import '../testing/browser.ts'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { cleanup, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { alert, app, at, fill, fills, me, page, platform } from '../testing/account-app.tsx'
import { createFakeStreams } from '../testing/fake-streams.ts'
import { renderPage } from '../testing/render-page.tsx'

beforeEach(() => {
  localStorage.clear()
  sessionStorage.clear()
})
afterEach(cleanup)

it('counts unread items, lists them with fills, newest first, and marks them as read when opened', async () => {
  let seenAt: string | null = '2026-11-21T09:00:00.000Z'
  const api = platform({
    ShellNotifications: () =>
      me({
        notificationsSeenAt: seenAt,
        notifications: page('NotificationConnection', [
          alert('n2', 'BTC rose to $70,000.00.', '2026-11-21T11:00:00.000Z'),
          alert('n1', 'BTC fell to $60,000.00.', '2026-11-21T08:00:00.000Z'),
        ]),
      }),
    ShellFills: fills([
      // A market order sets nothing aside.
      fill('o8', '2026-11-21T10:30:00.000Z', { cashHeldChange: '0.00' }),
      fill('o9', '2026-11-21T10:00:00.000Z'),
    ]),
    ShellMarkSeen: ({ until }) => {
      seenAt = until as string
      const user = {
        __typename: 'User',
        username: 'ada_lovelace',
        notificationsSeenAt: seenAt,
      }
      return {
        data: { markNotificationsSeen: { __typename: 'MarkNotificationsSeenPayload', user } },
      }
    },
  })
  await renderPage(app, api, at)
  const user = userEvent.setup()
  await user.click(await screen.findByRole('button', { name: 'Notifications, 2 unread' }))
  const list = within(await screen.findByRole('dialog', { name: 'Notifications' }))
  const lines = (await list.findAllByRole('listitem')).map(({ textContent }) => textContent)
  expect(lines.map((line) => line.split('.')[0])).toEqual([
    'New: BTC rose to $70,000',
    'New: Your limit order bought 1',
    'BTC fell to $60,000',
  ])
  expect(seenAt).toBe('2026-11-21T11:00:00.000Z')
  await screen.findByRole('button', { name: 'Notifications' })

  await user.keyboard('{Escape}')
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Notifications' }))
})

it('announces a new alert on every page, with a link to its asset', async () => {
  let nodes: readonly object[] = []
  const streams = createFakeStreams()
  const api = platform({
    ShellNotifications: () =>
      me({ notificationsSeenAt: null, notifications: page('NotificationConnection', nodes) }),
  })
  await renderPage(app, api, { ...at, streams })
  const user = userEvent.setup()
  await user.click(await screen.findByRole('button', { name: 'Notifications' }))
  await screen.findByText('No notifications yet')
  await user.keyboard('{Escape}')

  await waitFor(() => streams.current('ShellNotificationEvents'))
  const event = (sequence: number, notifications: readonly object[]) => ({
    notifications: {
      __typename: 'NotificationEvent',
      sequence,
      isSnapshot: sequence === 1,
      notifications,
    },
  })
  const text = 'BTC rose to $70,000.00.'
  streams.current('ShellNotificationEvents').send(event(1, []))
  nodes = [alert('n1', text, '2026-11-21T11:00:00.000Z')]
  streams
    .current('ShellNotificationEvents')
    .send(event(2, [{ __typename: 'StreamNotification', id: 'n1', text, assetId: 'BTC' }]))
  await screen.findByText('Price alert')
  await user.click(await screen.findByRole('button', { name: 'Notifications, 1 unread' }))
  await user.click(await screen.findByRole('link', { name: `New: ${text}` }))
  await screen.findByRole('heading', { name: 'An asset' })
  expect(screen.queryByRole('dialog')).toBeNull()
})

it('shows fills when notifications cannot be read, with the reason, and counts nothing as unread', async () => {
  const api = platform({
    ShellNotifications: {
      ...(me({ notificationsSeenAt: null, notifications: null }) as { data: object }),
      code: 'SUBGRAPH_UNAVAILABLE',
      serviceName: 'inventory',
      path: ['me', 'notifications'],
    },
    ShellFills: fills([fill('o9', '2026-11-21T10:00:00.000Z')]),
  })
  await renderPage(app, api, at)
  const user = userEvent.setup()
  await user.click(await screen.findByRole('button', { name: 'Notifications' }))
  const list = within(await screen.findByRole('dialog', { name: 'Notifications' }))
  await list.findByText(/Your limit order bought/)
  expect(list.getByRole('button', { name: 'Retry' })).toBeTruthy()
})
