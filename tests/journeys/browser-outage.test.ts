import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { pagesOf } from '../chaos/panels.ts'
import { type RemoteWorld, startRemoteWorld } from '../world/remote.ts'
import { openBrowser, openPage, signIn, untilFrame, type WatchedPage } from '../world/browser.ts'
import type { Trader } from '../world/trader.ts'

let world: RemoteWorld
let browser: Browser
let trader: Trader
let watched: WatchedPage
let page: Page

beforeAll(async () => {
  world = await startRemoteWorld({
    env: { WEB_ENABLED: 'true', WEB_PORT: '0', BREAKER_PROBE_MS: '200' },
  })
  browser = await openBrowser()
  trader = await world.trader({ cash: '5000.00' })
  await trader.buys('0.01', 'BTC')
  const input = {
    ...{ assetId: 'BTC', side: 'BUY', type: 'LIMIT', quantity: '0.01' },
    ...{ limitPrice: '1000', key: 'browser-outage-01' },
  }
  const place =
    'mutation P($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id } } }'
  expect((await trader.ask(place, { input })).codes).toEqual([])
  watched = await openPage(browser, `http://127.0.0.1:${world.routers[0]?.webPort ?? 0}`)
  page = watched.page
  await page.setViewportSize({ width: 1440, height: 900 })
  await signIn(page, trader)
  await watched.settled()
})

afterAll(async () => {
  await browser.close()
  await world.stop()
})

const calls = /\/(graphql|stream)$/

afterEach(async () => {
  await page.unroute(calls)
  await page.context().setOffline(false)
})

const notice = () => page.locator('.quiet-failure').first()
const banner = (text: string) =>
  page.getByRole('status', { name: 'State of the platform' }).getByText(text)
const silent = 'The platform does not answer.'

/** How many rows a page shows, and the parts that load or say only that they failed. */
const shown = () =>
  page.evaluate(`(() => {
    const all = (selector) => [...document.querySelectorAll('main ' + selector)]
    return {
      rows: all(':is(tr, li, [role=row])').length,
      lines: all('.line-handle').length,
      missing: all(':is([aria-busy=true], [role=alert])').map(
        (part) => (part.closest('section')?.querySelector('h2')?.textContent ?? '') + ': ' + part.textContent,
      ),
    }
  })()`)

async function open(path: string): Promise<void> {
  await page.goto(path)
  await watched.settled()
  // A part whose code is loaded late reads late.
  for (const waiting of ['[aria-busy=true]', '.mantine-Skeleton-root']) {
    await page.locator(`main ${waiting}`).first().waitFor({ state: 'detached' })
  }
  await watched.settled()
}

it.each(['/trade/BTC', '/dashboard', '/orders', '/portfolio', '/market', '/activity', '/account'])(
  'keeps what %s shows while the platform does not answer, and says that it may be old',
  async (path) => {
    await open(path)
    const before = await shown()
    const failed: string[] = []
    await page.route(calls, async (route) => {
      failed.push(route.request().postData() ?? '')
      await route.abort('connectionrefused')
    })
    // The page reads everything again as if its connection were back, several times.
    for (const attempts of [1, 2]) {
      await page.evaluate("window.dispatchEvent(new Event('online'))")
      await untilFrame(page, () => Promise.resolve(failed.length > 4 * attempts))
    }
    // One line of the page says so, and no panel.
    await banner(silent).waitFor()
    expect(await shown()).toEqual(before)
    expect(await notice().count()).toBe(0)
    await page.context().setOffline(true)
    await banner('You are offline.').waitFor()
    expect(await shown()).toEqual(before)
    await page.unroute(calls)
    await page.context().setOffline(false)
    await banner(silent).waitFor({ state: 'detached' })
    await watched.settled()
    expect(await shown()).toEqual(before)
  },
)

describe.each(['order', 'inventory', 'insights'] as const)('with %s down', (name) => {
  it.each(pagesOf[name].filter((path) => path !== '/system'))(
    'keeps every part of %s that was read before',
    async (path) => {
      await open(path)
      const before = await shown()
      await world.subgraph(name).stop()
      await page.evaluate("window.dispatchEvent(new Event('online'))")
      await notice().waitFor()
      await watched.settled()
      expect(await shown()).toEqual(before)
      await world.subgraph(name).start()
      await notice().waitFor({ state: 'detached' })
      await watched.settled()
      expect(await shown()).toEqual(before)
    },
  )
})
