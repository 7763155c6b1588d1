/** @jest-environment jsdom */
import '../../testing/browser.ts'
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals'
import { act, cleanup, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { createFakeApi, type FakeAnswer, reply } from '../../testing/fake-api.ts'
import { paths } from '../../paths.ts'
import { renderPage } from '../../testing/render-page.tsx'
import { AmountPrivacy } from '../../ui/amounts.tsx'
import { CashForm } from './CashForm.tsx'

beforeEach(() => sessionStorage.clear())
afterEach(cleanup)

const portfolio = {
  __typename: 'Portfolio',
  username: 'ada_lovelace',
  cash: {
    __typename: 'Cash',
    available: '300.00',
    withdrawable: '300.00',
    withdrawableAt: null,
    held: '0.00',
    posted: '300.00',
  },
  allowance: {
    __typename: 'Allowance',
    depositLeft: '7500.00',
    depositLimit: '10000.00',
    withdrawLeft: '5000.00',
    withdrawLimit: '5000.00',
    resetsAt: '2026-11-22T00:00:00.000Z',
  },
} as const

const paidIn: FakeAnswer = {
  data: {
    deposit: {
      __typename: 'CashPayload',
      cash: portfolio.cash,
      entry: {
        __typename: 'Activity',
        id: 'ent_1',
        cashChange: '100.00',
        createdAt: '2026-11-21T12:00:00.000Z',
      },
    },
  },
}

const inputs = (api: ReturnType<typeof createFakeApi>) =>
  api.calls.map(({ variables }) => variables['input'] as { amount: string; key: string })

async function deposit(user: ReturnType<typeof userEvent.setup>) {
  await user.click(screen.getByRole('button', { name: '$100' }))
  await user.click(screen.getByRole('button', { name: 'Deposit $100.00' }))
}

it('sends nothing that another user has typed', async () => {
  const api = createFakeApi({ AccountDeposit: paidIn })
  const user = userEvent.setup()
  const asBob: typeof fetch = (input, init) =>
    input === '/auth/refresh'
      ? Promise.resolve(
          reply(200, { accessToken: 'token-of-bob', expiresInSeconds: 600, username: 'bob' }),
        )
      : api.fetch(input, init)
  const { session } = await renderPage(<CashForm portfolio={portfolio} />, { ...api, fetch: asBob })
  await user.click(screen.getByRole('button', { name: '$100' }))
  await act(() => session.refresh())
  expect(screen.getByLabelText<HTMLInputElement>('Amount in US dollars').value).toBe('')
  await user.click(screen.getByRole('button', { name: '$100' }))
  await user.click(screen.getByRole('button', { name: 'Deposit $100.00' }))
  await screen.findByText(/Your session has ended/)
  expect(api.calls).toEqual([])
})

it('uses a new key after each successful deposit', async () => {
  const api = createFakeApi({ AccountDeposit: paidIn })
  const user = userEvent.setup()
  await renderPage(<CashForm portfolio={portfolio} />, api)
  await deposit(user)
  await screen.findByText('$100.00 deposited')
  await deposit(user)
  await waitFor(() => expect(inputs(api)).toHaveLength(2))
  const [first, second] = inputs(api)
  expect(first?.amount).toBe('100.00')
  expect(second?.key).not.toBe(first?.key)
})

it.each(['OUTCOME_UNKNOWN', 'TIMEOUT'])(
  'sends a deposit of unknown outcome again only as it was, over a reload too: %s',
  async (code) => {
    let isReachable = false
    const api = createFakeApi({ AccountDeposit: () => (isReachable ? paidIn : { code }) })
    const user = userEvent.setup()
    const { unmount } = await renderPage(<CashForm portfolio={portfolio} />, api)
    await deposit(user)
    await screen.findByText('Did your deposit of $100.00 go through?')
    expect(screen.queryByLabelText('Amount in US dollars')).toBeNull()
    unmount()

    isReachable = true
    await renderPage(<CashForm portfolio={portfolio} />, api)
    await user.click(
      await screen.findByRole('button', { name: 'Send the deposit again ($100.00)' }),
    )
    await screen.findByText('Your deposit went through')
    await screen.findByText(/^\$100\.00 deposited once, on .*2026/)
    expect(screen.queryByText('$100.00 deposited')).toBeNull()
    expect(screen.getByLabelText('Amount in US dollars')).toHaveProperty('value', '')
    await deposit(user)
    await screen.findByText('$100.00 deposited')
    const [first, second, third] = inputs(api)
    expect(second).toEqual(first)
    expect(third?.key).not.toBe(first?.key)
  },
)

it('takes a new key after a movement of unknown outcome was given up', async () => {
  const api = createFakeApi({ AccountDeposit: 'unreachable' })
  const user = userEvent.setup()
  await renderPage(<CashForm portfolio={portfolio} />, api)
  await deposit(user)
  await user.click(await screen.findByRole('button', { name: 'Start over' }))
  await deposit(user)
  await screen.findByText('Did your deposit of $100.00 go through?')
  const [first, second] = inputs(api)
  expect(second?.key).not.toBe(first?.key)
})

it('names no amount on the button that cannot be sent', async () => {
  const user = userEvent.setup()
  await renderPage(<CashForm portfolio={portfolio} />, createFakeApi())
  await user.type(screen.getByLabelText('Amount in US dollars'), '99999999999')
  await screen.findByText('At most $7,500.00 right now.')
  expect(screen.getByRole('button', { name: 'Deposit' }).getAttribute('aria-disabled')).toBe('true')
  await user.clear(screen.getByLabelText('Amount in US dollars'))
  await user.type(screen.getByLabelText('Amount in US dollars'), '7500')
  const send = screen.getByRole('button', { name: 'Deposit $7,500.00' })
  expect(send.getAttribute('aria-disabled')).toBeNull()
})

it('keeps an amount that was not sent, and its direction, over a reload', async () => {
  const user = userEvent.setup()
  const api = createFakeApi({ AccountWithdraw: { code: 'OUTCOME_UNKNOWN' } })
  const { unmount } = await renderPage(<CashForm portfolio={portfolio} />, api)
  await user.type(screen.getByLabelText('Amount in US dollars'), '40')
  await user.click(screen.getByRole('radio', { name: 'Withdraw' }))
  await user.type(screen.getByLabelText('Amount in US dollars'), '25.50')
  await user.click(screen.getByRole('button', { name: 'Withdraw $25.50' }))
  await screen.findByText('Did your withdrawal of $25.50 go through?')
  unmount()

  await renderPage(<CashForm portfolio={portfolio} />, api)
  await user.click(screen.getByRole('button', { name: 'Send the withdrawal again ($25.50)' }))
  await waitFor(() => expect(inputs(api)).toHaveLength(2))
  expect(inputs(api)[1]).toEqual(inputs(api)[0])
  await user.click(screen.getByRole('radio', { name: 'Deposit' }))
  expect(screen.getByLabelText('Amount in US dollars')).toHaveProperty('value', '40')
})

it('forgets an amount that was sent', async () => {
  const user = userEvent.setup()
  const api = createFakeApi({ AccountDeposit: paidIn })
  const { unmount } = await renderPage(<CashForm portfolio={portfolio} />, api)
  await deposit(user)
  await screen.findByText('$100.00 deposited')
  unmount()
  await renderPage(<CashForm portfolio={portfolio} />, api)
  expect(screen.getByLabelText('Amount in US dollars')).toHaveProperty('value', '')
})

it('offers the smaller of cash and allowance as "withdraw all"', async () => {
  const user = userEvent.setup()
  await renderPage(<CashForm portfolio={portfolio} />, createFakeApi())
  await user.click(screen.getByRole('radio', { name: 'Withdraw' }))
  await user.click(screen.getByRole('button', { name: 'Withdraw all' }))
  const field = screen.getByLabelText('Amount in US dollars')
  expect(field).toHaveProperty('value', '300.00')
  await user.clear(field)
  await user.type(field, '300.01')
  await screen.findByText('At most $300.00 right now.')
  expect(screen.getByRole('button', { name: 'Withdraw' }).getAttribute('aria-disabled')).toBe(
    'true',
  )
})

it('names the amount where less than all can be withdrawn', async () => {
  const user = userEvent.setup()
  const { allowance } = portfolio
  const limited = { ...portfolio, allowance: { ...allowance, withdrawLeft: '120.50' } }
  await renderPage(<CashForm portfolio={limited} />, createFakeApi())
  await user.click(screen.getByRole('radio', { name: 'Withdraw' }))
  expect(screen.queryByRole('button', { name: 'Withdraw all' })).toBeNull()
  await user.click(screen.getByRole('button', { name: 'Withdraw the most allowed, $120.50' }))
  expect(screen.getByLabelText('Amount in US dollars')).toHaveProperty('value', '120.50')
})

it('neither fills in nor names the balance in hide-amounts mode', async () => {
  const user = userEvent.setup()
  await renderPage(
    <AmountPrivacy areHidden>
      <CashForm portfolio={portfolio} />
    </AmountPrivacy>,
    createFakeApi(),
  )
  await user.click(screen.getByRole('radio', { name: 'Withdraw' }))
  expect(screen.getByRole('button', { name: 'Withdraw all' })).toHaveProperty('disabled', true)
  await user.type(screen.getByLabelText('Amount in US dollars'), '300.01')
  await screen.findByText('At most $•••• right now.')
})

it('excludes cash of red pockets on hold, and shows when it is released', async () => {
  const user = userEvent.setup()
  const cash = {
    ...portfolio.cash,
    withdrawable: '291.12',
    withdrawableAt: '2026-11-28T12:00:00.000Z',
  }
  await renderPage(<CashForm portfolio={{ ...portfolio, cash }} />, createFakeApi())
  await user.click(screen.getByRole('radio', { name: 'Withdraw' }))
  await screen.findByText(/Cash from red pockets can be traded now and withdrawn later/)
  await user.click(screen.getByRole('button', { name: 'Withdraw the most allowed, $291.12' }))
  expect(screen.getByLabelText('Amount in US dollars')).toHaveProperty('value', '291.12')
})

it('sends nothing without a connection, and says so in the form', async () => {
  const online = jest.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
  const api = createFakeApi({ AccountDeposit: paidIn })
  const user = userEvent.setup()
  await renderPage(<CashForm portfolio={portfolio} />, api)
  await deposit(user)
  await screen.findByText(/^You are offline; nothing was sent\./)
  expect(screen.queryByText(/go through\?$/)).toBeNull()
  expect(inputs(api)).toEqual([])
  online.mockRestore()
  act(() => void window.dispatchEvent(new Event('online')))
  expect(screen.queryByText(/^You are offline/)).toBeNull()
  await user.click(screen.getByRole('button', { name: 'Deposit $100.00' }))
  await screen.findByText('$100.00 deposited')
})

it('still asks about an unanswered deposit whose repeat could not be sent', async () => {
  let isUp = false
  const api = createFakeApi({ AccountDeposit: () => (isUp ? paidIn : 'unreachable') })
  const user = userEvent.setup()
  await renderPage(<CashForm portfolio={portfolio} />, api)
  await deposit(user)
  const again = await screen.findByRole('button', { name: /^Send the deposit again/ })
  const online = jest.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
  await user.click(again)
  await screen.findByText(/^You are offline; nothing was sent\./)
  online.mockRestore()
  isUp = true
  await user.click(screen.getByRole('button', { name: /^Send the deposit again/ }))
  await screen.findByText('Your deposit went through')
  const [first, second] = inputs(api)
  expect(second).toEqual(first)
})

it('opens for a deposit where a link asks for it, whichever form was open last', async () => {
  const api = createFakeApi({})
  const user = userEvent.setup()
  const { unmount } = await renderPage(<CashForm portfolio={portfolio} />, api)
  await user.click(screen.getByText('Withdraw', { selector: 'label *' }))
  await screen.findByText(/^Withdrawable/)
  unmount()
  await renderPage(<CashForm portfolio={portfolio} />, api, { at: paths.deposit })
  expect(screen.queryByText(/^Withdrawable/)).toBeNull()
})
