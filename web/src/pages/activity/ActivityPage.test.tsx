/** @jest-environment jsdom */
import '../../testing/browser.ts'
import { afterEach, expect, it } from '@jest/globals'
import { cleanup, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { createFakeApi, type FakeAnswer } from '../../testing/fake-api.ts'
import { Address, renderPage } from '../../testing/render-page.tsx'
import { ActivityPage } from './ActivityPage.tsx'

afterEach(cleanup)

const page = (
  <>
    <Address />
    <ActivityPage />
  </>
)

const searchIs = (text: string) =>
  waitFor(() => expect(screen.getByLabelText('Address').textContent).toBe(`/activity${text}`))

it('takes its filter from the address, and keeps it there', async () => {
  const api = createFakeApi()
  await renderPage(page, api, { at: '/activity?kind=BUY&kind=toString&after=x&page=2' })
  await userEvent.click(screen.getByRole('combobox', { name: 'Kinds' }))
  await userEvent.click(await screen.findByRole('option', { name: 'Deposit' }))
  await searchIs('?kind=BUY&kind=DEPOSIT')
  const asked = api.calls.map(({ variables }) => variables['kinds'])
  expect(asked[0]).toEqual(['BUY'])
  await waitFor(() =>
    expect(api.calls.at(-1)?.variables).toMatchObject({ kinds: ['BUY', 'DEPOSIT'], after: null }),
  )
})

const entry = (sequence: number) => ({
  __typename: 'Activity',
  ...{ id: `e${sequence}`, sequence, kind: 'DEPOSIT', orderId: null, assetId: null, price: null },
  ...{ cashChange: '1.00', cashHeldChange: '0.00', cashAfter: '1.00', fee: null, hash: 'h' },
  ...{ quantityChange: null, quantityHeldChange: null, createdAt: '2026-11-21T12:00:00.000Z' },
})

const createdAt = '2026-11-20T12:00:00.000Z'

/** Three pages of one entry; the cursor of a page is its number. */
function journal({ after }: Readonly<Record<string, unknown>>): FakeAnswer {
  const place = after === null ? 1 : Number(after) + 1
  if (!(place <= 3)) {
    return { code: 'BAD_USER_INPUT', details: { field: 'after', reason: 'is not a cursor' } }
  }
  const activity = {
    __typename: 'ActivityConnection',
    nodes: [entry(10 - place)],
    pageInfo: { __typename: 'PageInfo', hasNextPage: place < 3, endCursor: String(place) },
  }
  const portfolio = { __typename: 'Portfolio', username: 'ada_lovelace', activity }
  const user = { __typename: 'User', username: 'ada_lovelace', createdAt, portfolio }
  return { data: { me: user } }
}

it('keeps its page in the address, and finds the way back', async () => {
  const api = createFakeApi({ ActivityFeed: journal })
  const user = userEvent.setup()
  const press = async (name: string) => user.click(await screen.findByRole('button', { name }))
  await renderPage(page, api, { at: '/activity?kind=DEPOSIT' })
  await press('Next')
  await searchIs('?kind=DEPOSIT&page=2&after=1')
  await press('Next')
  await searchIs('?kind=DEPOSIT&page=3&after=2')
  await screen.findByText('Page 3')
  await press('Previous')
  await searchIs('?kind=DEPOSIT&page=2&after=1')
  await press('Previous')
  await searchIs('?kind=DEPOSIT')
})

it('leads from a shared page to the first one, and so does a cursor that is none', async () => {
  const api = createFakeApi({ ActivityFeed: journal })
  const { unmount } = await renderPage(page, api, { at: '/activity?page=3&after=2' })
  await userEvent.click(await screen.findByRole('button', { name: 'First page' }))
  await searchIs('')
  unmount()
  await renderPage(page, api, { at: '/activity?page=x&after=nonsense' })
  await searchIs('')
  await screen.findByText('Page 1')
})
