import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { systemClock } from '@cnop/kit/clock'
import { connect } from '@cnop/kit/dynamo'
import { closeForAll, reopenLedger } from '@cnop/ledger/switch'
import { type SubgraphName, subgraphNames } from '@cnop/schema/read'
import type { Browser, Page } from 'playwright-core'
import { ownPages, pagesOf, titles } from '../chaos/panels.ts'
import { findBarriers, findCovered, openBrowser, openPage, signIn } from '../world/browser.ts'
import { type RemoteWorld, startRemoteWorld } from '../world/remote.ts'
import type { Trader } from '../world/trader.ts'

let world: RemoteWorld
let browser: Browser
let origin: string
let trader: Trader
let page: Page

beforeAll(async () => {
  world = await startRemoteWorld({
    env: { WEB_ENABLED: 'true', WEB_PORT: '0', BREAKER_PROBE_MS: '200' },
  })
  origin = `http://127.0.0.1:${world.routers[0]?.webPort ?? 0}`
  browser = await openBrowser()
  trader = await world.trader({ cash: '5000.00' })
  await trader.buys('0.01', 'BTC')
  page = (await openPage(browser, origin)).page
  await signIn(page, trader)
})
afterAll(async () => {
  await browser.close()
  await world.stop()
})

/** What affects every page is said here. */
const banner = () => page.getByRole('status', { name: 'State of the platform' })
const heading = (name: string | RegExp) => page.getByRole('heading', { level: 1, name })

/** Waits until nothing is loading: each part shows its value or the reason of its absence. */
async function untilCalm(): Promise<void> {
  await page.locator('main h1').first().waitFor()
  await page.locator('main [aria-busy="true"]').first().waitFor({ state: 'detached' })
}

describe('with the user service down', () => {
  it('does not sign out: the page waits, also after a reload, and recovers automatically', async () => {
    await page.goto('/portfolio')
    await heading('Portfolio').waitFor()
    await world.subgraph('user').stop()
    // The session cannot be ended now, which must not look like a sign-out.
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByText(/^You are still signed in\./).waitFor()
    await page.reload()
    await heading('Reconnecting to your account').waitFor()
    await banner().getByText('Reconnecting.').waitFor()
    expect(new URL(page.url()).pathname).toBe('/portfolio')
    expect(await page.getByRole('link', { name: 'Sign in' }).count()).toBe(0)
    // Public pages still work.
    await page.getByRole('link', { name: 'See the market meanwhile' }).click()
    await page.getByRole('table', { name: 'Assets' }).getByText('Bitcoin').first().waitFor()
    await page.goto('/portfolio')
    await heading('Reconnecting to your account').waitFor()
    await world.subgraph('user').start()
    await page.getByRole('table', { name: 'Holdings' }).getByText('Bitcoin').first().waitFor()
    expect(await banner().getByText('Reconnecting.').count()).toBe(0)
  })

  it('says that nobody can sign in, and signs in when the service is back', async () => {
    const other = await openPage(browser, origin)
    await world.subgraph('user').stop()
    await other.page.goto('/sign-in')
    await other.page.getByLabel('Username').fill(trader.username)
    await other.page.getByRole('textbox', { name: 'Password' }).fill(trader.password)
    await other.page.getByRole('button', { name: 'Sign in' }).click()
    await other.page.getByText(/^Signing in is not possible at the moment/).waitFor()
    await world.subgraph('user').start()
    await other.page.waitForURL('**/dashboard')
    await other.page.context().close()
  })

  it('still reports a session that has ended', async () => {
    const other = await openPage(browser, origin)
    await signIn(other.page, trader)
    await trader.ask('mutation { signOut { signedOutAt } }')
    expect((await trader.ask('{ __typename }')).codes).toEqual(['SESSION_ENDED'])
    await other.page.context().clearCookies()
    await other.page.reload()
    await other.page.getByText('Your session has ended').waitFor()
    expect(new URL(other.page.url()).pathname).toBe('/sign-in')
    await other.page.context().close()
  })
})

describe.each(subgraphNames)('with %s down', (name: SubgraphName) => {
  beforeAll(() => world.subgraph(name).stop())
  afterAll(async () => {
    await world.subgraph(name).start()
    await page.goto('/dashboard')
    await heading('Dashboard').waitFor()
  })

  it('every page renders, and each missing part shows the reason and a retry button', async () => {
    for (const path of pagesOf[name]) {
      await page.goto(path)
      await untilCalm()
      expect(new URL(page.url()).pathname).toBe(path)
      expect(await page.getByText('This page broke').count()).toBe(0)
      const notices = page.locator('main .failure')
      for (const part of [/Reference |nothing to show/, /Retry/]) {
        await notices.filter({ hasNotText: part }).first().waitFor({ state: 'detached' })
      }
      if (name === 'user' && ownPages.has(path))
        await heading('Reconnecting to your account').waitFor()
    }
  })

  it('the system page reports the service and the open breaker', async () => {
    const ask = '{ market { feed } me { username portfolio { redPocket { claimedToday } } } }'
    for (let asked = 0; asked < 6; asked += 1) await world.strangers[0]?.ask(ask)
    await page.goto('/system')
    await untilCalm()
    const services = page.getByRole('region', { name: 'Services' })
    await services.getByText('! Degraded').waitFor()
    await services.getByText(new RegExp(`(Not available: |Calls to )${titles[name]}`)).waitFor()
    // One that was down before may wait for the calls that close its circuit.
    const others = services.getByText(/^(✓ Healthy|! Tried again)$/)
    await others.nth(3).waitFor()
    expect(await others.count()).toBe(4)
  })
})

describe('with the order service down', () => {
  it('says in the review that nothing has been sent, and recovers automatically', async () => {
    await page.goto('/trade?asset=BTC&side=sell')
    await page.getByLabel('Quantity of BTC').fill('0.001')
    await page.getByRole('button', { name: 'Review sale' }).click()
    const dialog = page.getByRole('dialog')
    const placeOrder = dialog.getByRole('button', { name: 'Place order' })
    await dialog.getByText('Price now').waitFor()
    await world.subgraph('order').stop()
    await dialog.getByText(/is not available.* Nothing has been sent\./).waitFor()
    // Figures of before the outage must not look current.
    expect(await dialog.getByText('Price now').count()).toBe(0)
    expect(await placeOrder.isDisabled()).toBe(true)
    await world.subgraph('order').start()
    await dialog.getByText('Price now').waitFor()
    await dialog.getByRole('button', { name: 'Place order', disabled: false }).waitFor()
  })
})

describe('with the inventory service down', () => {
  beforeAll(() => world.subgraph('inventory').stop())

  it("keeps the other services' data on an asset's page, and recovers automatically", async () => {
    await page.goto('/market/BTC')
    await heading('BTC').waitFor()
    await page.getByText('The market does not answer at the moment').waitFor()
    await page.getByRole('table', { name: 'My BTC orders' }).getByText('0.01').first().waitFor()
    await page
      .getByRole('region', { name: 'My BTC', exact: true })
      .getByText('0.01 BTC')
      .first()
      .waitFor()
    await world.subgraph('inventory').start()
    await heading('Bitcoin').waitFor()
  })
})

describe('a breaker that is open while its service is healthy', () => {
  it('degrades the platform', async () => {
    const health = async () =>
      (await (await fetch(`${world.origins[0] ?? ''}/health`)).json()) as {
        status: string
        checks: Record<string, { status: string; breaker: string }>
      }
    // The fault is on the connection of the router; the service itself passes its health check.
    const faults = `${world.origins[0] ?? ''}/system/faults/inventory`
    const headers = { 'content-type': 'application/json' }
    await fetch(faults, { method: 'PUT', headers, body: JSON.stringify({ kind: 'error' }) })
    while ((await health()).checks['inventory']?.breaker !== 'open') {
      await world.strangers[0]?.ask('{ market { feed } }')
    }
    const { status, checks } = await health()
    expect(checks['inventory']).toMatchObject({ status: 'healthy', breaker: 'open' })
    expect(status).toBe('degraded (inventory breaker open)')
    await page.goto('/system')
    await page.getByText('Calls to Market are stopped.').waitFor()
    await fetch(faults, { method: 'DELETE', headers, body: '{}' })
    while ((await health()).status !== 'healthy')
      await world.strangers[0]?.ask('{ market { feed } }')
    await page.getByRole('region', { name: 'Services' }).getByText('✓ Healthy').nth(5).waitFor()
  })
})

describe('a browser without a connection', () => {
  it('loads the requested page after it reconnects', async () => {
    await page.goto('/dashboard')
    await heading('Dashboard').waitFor()
    await untilCalm()
    const places = async () => [
      await heading('Dashboard').boundingBox(),
      await page.getByRole('link', { name: 'Activity', exact: true }).boundingBox(),
    ]
    const before = await places()
    // A page that was opened before comes from the cache.
    const session = await page.context().newCDPSession(page)
    await session.send('Network.clearBrowserCache')
    await page.context().setOffline(true)
    await banner().getByText('You are offline.').waitFor()
    expect(await places()).toEqual(before)
    const sizes = [
      [390, 844],
      [1024, 768],
      [1440, 900],
    ] as const
    expect(await findCovered(page, sizes)).toEqual([])
    await page.getByRole('link', { name: 'Activity', exact: true }).click()
    await heading('This page is not loaded yet').waitFor()
    await page.getByRole('button', { name: 'Retry' }).click()
    await heading('This page is not loaded yet').waitFor()
    await page.context().setOffline(false)
    await page.getByRole('table', { name: 'Journal' }).waitFor()
    expect(await banner().getByText('You are offline.').count()).toBe(0)
  })

  it('is not called offline by a form once it is connected again', async () => {
    await page.goto('/account')
    await page.getByRole('button', { name: '$100', exact: true }).click()
    await page.context().setOffline(true)
    await page.getByRole('button', { name: 'Deposit $100.00' }).click()
    await page.getByText('You are offline; nothing was sent.').waitFor()
    await page.context().setOffline(false)
    await page.getByText('You are offline').first().waitFor({ state: 'detached' })
    expect(await page.getByLabel('Amount in US dollars').inputValue()).toBe('100.00')
  })

  it('loads the panels that failed meanwhile', async () => {
    await page.goto('/orders')
    await heading('Orders').waitFor()
    await untilCalm()
    await page.context().setOffline(true)
    await page.getByRole('link', { name: 'New order' }).first().waitFor()
    await page.getByRole('link', { name: 'Dashboard' }).click()
    await banner().getByText('You are offline.').waitFor()
    await page.context().setOffline(false)
    await page.getByRole('region', { name: 'Cash' }).getByText('Available').waitFor()
  })
})

describe('what affects the whole product', () => {
  const ledger = () => {
    const { DYNAMODB_ENDPOINT: endpoint } = world.env
    const db = connect({ mode: 'endpoint', region: 'us-west-2', endpoint })
    return { db, table: 'ledger', now: systemClock }
  }
  const halted = 'Market halted: limit orders and cash still work.'
  const readOnly = 'Ledger read-only: prices and lists still work.'

  it('is one banner, of the most important, until it ends', async () => {
    const other = await world.trader({ cash: '10.00' })
    await page.goto('/dashboard')
    await heading('Dashboard').waitFor()
    await world.subgraph('inventory').stop()
    // The source of the prices does not answer any more.
    await world.subgraph('inventory').start({
      INVENTORY_FEED: 'coingecko',
      INVENTORY_FEED_URL: 'http://127.0.0.1:9',
      INVENTORY_STALE_MS: '1000',
    })
    await banner().getByText(halted).waitFor()
    expect(await banner().innerText()).toContain('market and stop orders are refused')
    expect(await findBarriers(page)).toEqual([])

    await closeForAll(ledger(), 'A balance is not what the journal says.')
    await banner().getByText(readOnly).waitFor()
    expect(await banner().getByText(halted).count()).toBe(0)
    const sizes = [
      [390, 844],
      [1440, 900],
    ] as const
    expect(await findCovered(page, sizes)).toEqual([])
    // What it says is so: money stays where it is, and the lists are read.
    expect((await other.deposits('1.00')).codes).toEqual(['LEDGER_READ_ONLY'])
    await page.goto('/portfolio')
    await page.getByRole('table', { name: 'Holdings' }).getByText('Bitcoin').first().waitFor()

    await reopenLedger(ledger())
    await banner().getByText(halted).waitFor()
    await world.subgraph('inventory').stop()
    await world.subgraph('inventory').start()
    await banner().getByText(halted).waitFor({ state: 'detached' })
    expect((await other.deposits('1.00')).codes).toEqual([])
  })
})
