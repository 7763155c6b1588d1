import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { timeUntilRefused } from '../attack/identity/sessions.ts'
import { openBrowser, openPage, signIn } from '../world/browser.ts'
import { startRemoteWorld } from '../world/remote.ts'
import type { Trader } from '../world/trader.ts'
import { createVisitor } from '../world/visitor.ts'
import { startWorld } from '../world/world.ts'

interface Place {
  /** The origin of the dashboard. */
  readonly web: string
  /** Every router. */
  readonly origins: readonly string[]
  trader(options?: { readonly cash: string }): Promise<Trader>
  stop(): Promise<void>
}

const withWeb = { WEB_ENABLED: 'true', WEB_PORT: '0' }
const webOf = (port: number | undefined): string => `http://127.0.0.1:${port ?? 0}`

const places: Readonly<Record<string, () => Promise<Place>>> = {
  'in one process without Redis, which rests whenever nobody asks': async () => {
    const world = await startWorld({ ...withWeb, IDLE_AFTER_MS: '0' })
    return { ...world, web: webOf(world.router.webPort), origins: [world.origin] }
  },
  'over two routers and Redis': async () => {
    const world = await startRemoteWorld({ routers: 2, env: withWeb })
    return { ...world, web: webOf(world.routers[0]?.webPort) }
  },
}

let browser: Browser
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser.close())

describe.each(Object.entries(places))('a session %s', (_where, open) => {
  let place: Place
  const contexts: BrowserContext[] = []

  beforeAll(async () => {
    place = await open()
  })
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()))
  })
  afterAll(() => place.stop())

  /** Signs a user in to the dashboard. Also returns the access token of the page. */
  async function signedIn(trader: Trader) {
    const { page, problems } = await openPage(browser, place.web)
    contexts.push(page.context())
    let token = ''
    page.on('request', (request) => {
      token = request.headers()['authorization']?.replace('Bearer ', '') ?? token
    })
    await signIn(page, trader)
    await page.getByRole('heading', { name: 'Cash' }).first().waitFor()
    return { page, problems, token: () => token }
  }

  /** Types into a ticket and a form, so that the tab stores drafts. */
  async function draftIn(page: Page): Promise<void> {
    await page.goto('/trade?asset=BTC&side=buy')
    await page.getByLabel('Quantity of BTC').fill('0.0123')
    await page.goto('/account')
    await page.getByLabel('Amount in US dollars').waitFor()
    expect(await keptIn(page)).toContain('cnop-draft:')
  }

  /** The names of all stored items. The switches, and the settings of charts and of the trading page, belong to no user. */
  const keptIn = async (page: Page): Promise<string> =>
    (
      await page.evaluate<string[]>(
        '[...Object.keys(localStorage), ...Object.keys(sessionStorage)]',
      )
    )
      .sort()
      .join()
  const switches =
    'cnop-chart,cnop-hide-amounts,cnop-letter-shortcuts,cnop-trade-layout,cnop-trade-tab'

  const cookiesOf = async (page: Page) =>
    (await page.context().cookies()).map(({ name, value }) => [name, value] as const)

  /** Expects that no router accepts the access token or the refresh cookie. */
  async function expectEnded(token: string, cookies: Awaited<ReturnType<typeof cookiesOf>>) {
    await timeUntilRefused(place.origins, token)
    for (const origin of place.origins) {
      const copy = createVisitor(origin, { cookies })
      expect(await copy.refresh()).toMatchObject({ status: 401, code: 'SESSION_ENDED' })
      await copy.close()
    }
  }

  it('is ended by a sign-out, in every tab and on every router', async () => {
    const trader = await place.trader({ cash: '500.00' })
    await trader.buys('0.001', 'BTC')
    const { page, problems, token } = await signedIn(trader)
    const tab = await page.context().newPage()
    // A page for everyone, which shows more to who is signed in.
    const publicTab = await page.context().newPage()
    await publicTab.goto('/market/BTC')
    await publicTab.getByText('My fills over the last day').waitFor()
    await tab.goto('/portfolio')
    await tab.getByRole('heading', { name: 'Portfolio', exact: true }).waitFor()
    await draftIn(page)
    await draftIn(tab)
    const cookies = await cookiesOf(page)
    expect(cookies.map(([name]) => name).sort()).toEqual(['cnop_device', 'cnop_refresh'])

    await page.getByLabel('Amount in US dollars').fill('1')
    await page.getByRole('button', { name: 'Deposit $1.00' }).click()
    await page.getByText('$1.00 deposited').waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.waitForURL((url) => url.pathname === '/')
    await tab.waitForURL('**/sign-in**')
    await page.getByText('$1.00 deposited').waitFor({ state: 'detached' })
    await publicTab.getByText('Sign in to buy and sell').waitFor()
    expect(await publicTab.getByText(/^My |My fills/).count()).toBe(0)
    expect([await keptIn(page), await keptIn(tab)]).toEqual([switches, switches])
    expect((await cookiesOf(page)).map(([name]) => name)).toEqual(['cnop_device'])
    await expectEnded(token(), cookies)
    await tab.goto('/portfolio')
    await tab.waitForURL('**/sign-in**')
    expect(problems).toEqual([])
  })

  it('is ended from another device, by revoking it in the profile', async () => {
    const trader = await place.trader()
    const here = await signedIn(trader)
    const there = await signedIn(trader)
    const cookies = await cookiesOf(there.page)
    await draftIn(there.page)
    await here.page.goto('/profile')
    const sessions = here.page.getByRole('region', { name: 'Sessions' })
    // The trader's own client holds the third session, the oldest.
    await sessions
      .getByRole('button', { name: /^End the session/ })
      .first()
      .click()
    await there.page.waitForURL('**/sign-in**')
    // Only a sign-out, or a sign-in of another user, removes drafts: the same user goes on after signing in again.
    expect(await keptIn(there.page)).toContain(`cnop-draft:${trader.username}:`)
    await expectEnded(there.token(), cookies)
    await here.page.reload()
    await sessions.getByText('This one').waitFor()
  })

  it('is ended by a change of password on another device', async () => {
    const trader = await place.trader()
    const here = await signedIn(trader)
    const there = await signedIn(trader)
    const cookies = await cookiesOf(there.page)
    await here.page.goto('/profile')
    await here.page.getByRole('textbox', { name: 'Current password' }).fill(trader.password)
    await here.page.getByRole('textbox', { name: 'New password' }).fill('Battery-Staple-77')
    await here.page.getByRole('button', { name: 'Change password' }).click()
    await here.page.getByText('2 other sessions ended.').waitFor()
    await there.page.waitForURL('**/sign-in**')
    await expectEnded(there.token(), cookies)
    await here.page.reload()
    await here.page.getByRole('heading', { name: 'Profile' }).waitFor()
  })
})
