/** @jest-environment jsdom */
import '../testing/browser.ts'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { cleanup, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { alert, app, at, me, page, platform } from '../testing/account-app.tsx'
import { createFakeStreams } from '../testing/fake-streams.ts'
import { renderPage } from '../testing/render-page.tsx'

beforeEach(() => {
  localStorage.clear()
  sessionStorage.clear()
})
afterEach(cleanup)

it('counts unread items, lists them newest first, and marks them as read when opened', async () => {
  let seenAt: string | null = '2026-11-21T09:00:00.000Z'
  const api = platform({
    ShellNotifications: () =>
      me({
        notificationsSeenAt: seenAt,
        notifications: page('NotificationConnection', [
          alert('n3', 'BTC rose to $70,000.00.', '2026-11-21T11:00:00.000Z'),
          alert('n2', 'Your limit order bought 1.5 ETH at $3,400.00.', '2026-11-21T10:00:00.000Z'),
          alert('n1', 'BTC fell to $60,000.00.', '2026-11-21T08:00:00.000Z'),
        ]),
      }),
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

it('has one line for the parts of an order, and counts it once', async () => {
  const part = (id: string, size: string, hour: string) =>
    alert(id, `Your limit order bought ${size} ETH.`, `2026-11-21T${hour}:00:00.000Z`, filled)
  const api = platform({
    ShellNotifications: () =>
      me({
        notificationsSeenAt: '2026-11-21T07:00:00.000Z',
        notifications: page('NotificationConnection', [
          part('n3', '1 of 1', '11'),
          alert('n2', 'BTC rose to $70,000.00.', '2026-11-21T10:00:00.000Z'),
          part('n1', '0.4 of 1', '09'),
        ]),
      }),
  })
  await renderPage(app, api, at)
  const user = userEvent.setup()
  await user.click(await screen.findByRole('button', { name: 'Notifications, 2 unread' }))
  const list = within(await screen.findByRole('dialog', { name: 'Notifications' }))
  const lines = (await list.findAllByRole('listitem')).map(({ textContent }) => textContent)
  expect(lines).toHaveLength(2)
  expect(lines[0]).toMatch(/^New: Your limit order bought 1 of 1 ETH\..* · 2 updates$/)
})

const filled = {
  ...{ kind: 'ORDER_FILLED', assetId: 'ETH', orderId: 'ord_00000001' },
}
const skipped = { kind: 'RECURRING_ORDER_SKIPPED', assetId: 'BTC' }

const listed = (nodes: readonly object[]) =>
  me({ notificationsSeenAt: null, notifications: page('NotificationConnection', nodes) })

async function openList() {
  await userEvent.click(await screen.findByRole('button', { name: /^Notifications/ }))
  return within(await screen.findByRole('dialog', { name: 'Notifications' }))
}

const several = listed([
  alert('n3', 'Your limit order bought 1,250.5 ETH at $3,400.00.', '2026-11-21T10:00:00Z', filled),
  alert('n2', 'Your recurring order for $25.00 of BTC bought nothing.', '2026-11-21T09:00:00Z', {
    ...skipped,
  }),
  alert('n1', 'BTC rose to $70,000.00.', '2026-11-21T08:00:00Z'),
])

it('leads to what each is about', async () => {
  await renderPage(app, platform({ ShellNotifications: several }), at)
  const list = await openList()
  const links = (await list.findAllByRole('link', { name: /^New/ })).map((link) =>
    link.getAttribute('href'),
  )
  expect(links).toEqual(['/orders/ord_00000001', '/orders#recurring', '/market/BTC'])
})

it('hides the sizes of orders while amounts are hidden, and no prices', async () => {
  localStorage.setItem('cnop-hide-amounts', 'true')
  await renderPage(app, platform({ ShellNotifications: several }), at)
  const list = await openList()
  const lines = (await list.findAllByRole('link', { name: /^New/ })).map(
    ({ textContent }) => textContent,
  )
  expect(lines).toEqual([
    'New: Your limit order bought •••••• ETH at $3,400.00.',
    'New: Your recurring order for $•••• of BTC bought nothing.',
    'New: BTC rose to $70,000.00.',
  ])
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
    .send(event(2, [{ __typename: 'StreamNotification', id: 'n1', kind: 'PRICE_ALERT', text }]))
  await screen.findByText('Price alert')
  await user.click(await screen.findByRole('button', { name: 'Notifications, 1 unread' }))
  await user.click(await screen.findByRole('link', { name: `New: ${text}` }))
  await screen.findByRole('heading', { name: 'An asset' })
  expect(screen.queryByRole('dialog')).toBeNull()
})

it('says why notifications cannot be read, and counts nothing as unread', async () => {
  const api = platform({
    ShellNotifications: {
      ...(me({ notificationsSeenAt: null, notifications: null }) as { data: object }),
      code: 'SUBGRAPH_UNAVAILABLE',
      serviceName: 'inventory',
      path: ['me', 'notifications'],
    },
  })
  await renderPage(app, api, at)
  const user = userEvent.setup()
  await user.click(await screen.findByRole('button', { name: 'Notifications' }))
  const list = within(await screen.findByRole('dialog', { name: 'Notifications' }))
  expect(await list.findByRole('button', { name: 'Retry' })).toBeTruthy()
})

it('announces what a recurring order did, and leaves orders to their own events', async () => {
  const streams = createFakeStreams()
  await renderPage(app, platform(), { ...at, streams })
  await waitFor(() => streams.current('ShellNotificationEvents'))
  const event = (sequence: number, notifications: readonly object[]) => ({
    notifications: {
      ...{ __typename: 'NotificationEvent', sequence, isSnapshot: sequence === 1 },
      notifications,
    },
  })
  const streamed = (kind: string, text: string) => ({
    ...{ __typename: 'StreamNotification', id: text, kind, text },
  })
  streams.current('ShellNotificationEvents').send(event(1, []))
  streams
    .current('ShellNotificationEvents')
    .send(
      event(2, [
        streamed('ORDER_FILLED', 'It filled.'),
        streamed('RECURRING_ORDER_SKIPPED', 'It bought nothing.'),
      ]),
    )
  await screen.findByText('It bought nothing.')
  expect(screen.queryByText('It filled.')).toBeNull()
})
