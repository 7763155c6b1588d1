import { systemClock } from '@cnop/kit/clock'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { request } from 'undici'
import { findBarriers, openBrowser, openPage, signIn } from '../world/browser.ts'
import { type Client, createClient } from '../world/client.ts'
import { startWorld, type World } from '../world/world.ts'

let world: World
let browser: Browser

beforeAll(async () => {
  world = await startWorld({ WEB_ENABLED: 'true', WEB_PORT: '0', SEED_DEMO_USER: 'true' })
  browser = await openBrowser()
})
afterAll(async () => {
  await browser.close()
  await world.stop()
})

const dayMs = 86_400_000
const password = 'Demo-Trader-2026!'

/** One press, as the page sends it. */
async function start() {
  const { statusCode, headers, body } = await request(`${world.origin}/auth/demo`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
  const grant = (await body.json()) as { accessToken: string; username: string }
  return { statusCode, cookies: [headers['set-cookie']].flat(), ...grant }
}

const accountQuery = /* GraphQL */ `
  query ($from: Date!) {
    me {
      createdAt
      watchlist {
        id
      }
      priceAlerts {
        status
        direction
      }
      orders(first: 100) {
        nodes {
          status
          type
          createdAt
        }
      }
      portfolio {
        allowance {
          depositLeft
          depositLimit
          withdrawLeft
          withdrawLimit
        }
        holdings {
          assetId
        }
        history(range: YEAR) {
          at
        }
        activity(first: 100) {
          nodes {
            kind
            createdAt
          }
        }
        performance(from: $from) {
          paidIn
          since
        }
      }
    }
  }
`

interface Account {
  readonly me: {
    readonly createdAt: string
    readonly watchlist: readonly unknown[]
    readonly priceAlerts: readonly { readonly status: string }[]
    readonly orders: { readonly nodes: readonly { status: string; type: string }[] }
    readonly portfolio: {
      readonly allowance: Readonly<Record<string, string>>
      readonly holdings: readonly unknown[]
      readonly history: readonly { readonly at: string }[]
      readonly activity: { readonly nodes: readonly { kind: string; createdAt: string }[] }
      readonly performance: { readonly paidIn: string; readonly since: string }
    }
  }
}

/** What every demo account has. */
async function expectHistory(client: Client): Promise<void> {
  const from = new Date(systemClock() - 90 * dayMs).toISOString().slice(0, 10)
  const { data, errors } = await client.ask<Account>(accountQuery, { from })
  expect(errors).toEqual([])
  const { me } = data!
  const { portfolio } = me
  const { depositLeft, depositLimit, withdrawLeft, withdrawLimit } = portfolio.allowance
  expect([depositLeft, withdrawLeft]).toEqual([depositLimit, withdrawLimit])
  expect(me.watchlist).toHaveLength(6)
  expect(me.priceAlerts.map(({ status }) => status)).toEqual(['ACTIVE', 'ACTIVE'])
  expect(me.orders.nodes[0]).toMatchObject({ status: 'PENDING', type: 'LIMIT' })
  expect(me.orders.nodes.length).toBeGreaterThan(25)
  expect(portfolio.holdings.length).toBeGreaterThan(8)
  const kinds = new Set(portfolio.activity.nodes.map(({ kind }) => kind))
  expect([...kinds].sort()).toEqual(['BUY', 'DEPOSIT', 'HOLD', 'SELL', 'WITHDRAWAL'])
  const oldest = portfolio.activity.nodes.at(-1)?.createdAt ?? ''
  expect(oldest).toBe(me.createdAt)
  expect(portfolio.performance).toMatchObject({ paidIn: '16500.00', since: oldest })
  expect(systemClock() - Date.parse(portfolio.history[0]?.at ?? '')).toBeGreaterThan(89 * dayMs)
}

const verified = async (): Promise<boolean> => {
  const { data } = await world.stranger.ask<{
    ledgerHealth: { isBalanced: boolean; isReadOnly: boolean }
  }>('{ ledgerHealth { isBalanced isReadOnly } }')
  return data!.ledgerHealth.isBalanced && !data!.ledgerHealth.isReadOnly
}

describe('a demo account', () => {
  it('is opened by one call, signed in, with a history of 90 days and today’s limits whole', async () => {
    const demo = await start()
    expect(demo.statusCode).toBe(200)
    expect(demo.cookies.some((cookie) => cookie?.startsWith('cnop_refresh='))).toBe(true)
    const client = createClient(world.origin, demo.accessToken)
    await expectHistory(client)
    expect((await client.ask('mutation { fillDemoAccount { movements } }')).data).toEqual({
      fillDemoAccount: { movements: 0 },
    })
    expect(await verified()).toBe(true)
  })

  it('is filled for its owner alone', async () => {
    const trader = await world.trader()
    const history = await trader.ask('mutation { fillDemoAccount { movements } }')
    const list = await trader.ask('mutation { fillDemoWatchlist { user { username } } }')
    expect([...history.codes, ...list.codes]).toEqual(['FORBIDDEN', 'FORBIDDEN'])
    const visitor = await world.stranger.ask('mutation { fillDemoAccount { movements } }')
    expect(visitor.codes).toEqual(['UNAUTHENTICATED'])
  })

  it('is the one of the README too', async () => {
    const sign = 'mutation ($input: SignInInput!) { signIn(input: $input) { accessToken } }'
    const input = { username: 'demo_trader', password }
    const { data } = await world.stranger.ask<{ signIn: { accessToken: string } }>(sign, { input })
    const client = createClient(world.origin, data!.signIn.accessToken)
    // Filled in the background since the start, or by this call, which goes on where the other one is.
    await client.ask('mutation { fillDemoAccount { movements } }')
    await expectHistory(client)
  })
})

describe('a visitor', () => {
  const open = async (): Promise<{ page: Page; problems: readonly string[] }> =>
    openPage(browser, `http://127.0.0.1:${world.router.webPort ?? 0}`)

  it.each(['/', '/sign-in'])('tries the demo in one press on %s', async (path) => {
    const { page, problems } = await open()
    await page.goto(path)
    const button = page.getByRole('button', { name: 'Try the demo' })
    await button.waitFor()
    expect(await findBarriers(page)).toEqual([])
    await button.click()
    await page.waitForURL('**/dashboard')
    await page.getByRole('heading', { name: 'Value over time' }).waitFor()
    await page.getByText('Demo account', { exact: true }).waitFor()
    await page.getByText('Bought LINK').first().waitFor()
    await page.getByRole('heading', { name: 'Watchlist' }).waitFor()
    await page
      .getByRole('table', { name: 'Open orders' })
      .getByRole('cell', { name: 'Limit' })
      .waitFor()
    await page.reload()
    await page.getByText('Bought LINK').first().waitFor()
    expect(problems).toEqual([])
    await page.context().close()
  })

  it('is warned that a sign-out is for good, and is not led back to the account that has ended', async () => {
    const { page } = await open()
    await page.goto('/sign-in')
    await page.getByRole('button', { name: 'Try the demo' }).click()
    await page.waitForURL('**/dashboard')
    await page.goto('/profile')
    await page.getByText('A demo account has no password.').waitFor()
    await page.getByRole('heading', { name: 'Sessions' }).waitFor()
    expect(await page.getByLabel('Current password').count()).toBe(0)

    const warning = page.getByText('This demo account cannot be reached again.')
    const signOut = page.getByRole('button', { name: 'Sign out', exact: true })
    await signOut.dblclick()
    // A double click has ended nothing.
    await page.reload()
    await page.getByText('A demo account has no password.').waitFor()
    await signOut.click()
    await warning.waitFor()
    expect(await findBarriers(page)).toEqual([])
    await page.getByRole('button', { name: 'Stay' }).click()
    await warning.waitFor({ state: 'detached' })

    // The session ends elsewhere: its cookie is gone.
    await page.context().clearCookies()
    await page.reload()
    await page.getByText('A demo account ends with its session, and yours has ended.').waitFor()
    await page.getByRole('button', { name: 'Try the demo' }).click()
    await page.waitForURL('**/dashboard')
    await signOut.click()
    await warning.waitFor()
    await signOut.click()
    await page.waitForURL((url) => url.pathname === '/')
    await page.context().close()
  })

  it('who is signed in is not offered another account', async () => {
    const { page } = await open()
    await signIn(page, await world.trader())
    await page.goto('/')
    await page.getByRole('link', { name: 'Go to your dashboard' }).waitFor()
    expect(await page.getByRole('button', { name: 'Try the demo' }).count()).toBe(0)
    await page.context().close()
  })
})
