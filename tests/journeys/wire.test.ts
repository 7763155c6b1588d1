import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { openBrowser, openPage, signIn } from '../world/browser.ts'
import type { Trader } from '../world/trader.ts'
import { startWorld, type World } from '../world/world.ts'

let world: World
let browser: Browser
let origin: string
let trader: Trader

beforeAll(async () => {
  world = await startWorld({ WEB_ENABLED: 'true', WEB_PORT: '0' })
  origin = `http://127.0.0.1:${world.router.webPort ?? 0}`
  browser = await openBrowser()
  trader = await world.trader({ cash: '5000.00' })
  await trader.buys('0.01', 'BTC')
  await trader.buys('0.1', 'ETH')
})
afterAll(async () => {
  await browser.close()
  await world.stop()
})

interface Sent {
  readonly path: string
  readonly bytes: number
}

/** Records the transferred bytes from now on, as counted by the browser's network stack. Open streams never finish. */
async function watchWire(page: Page): Promise<readonly Sent[]> {
  const network = await page.context().newCDPSession(page)
  await network.send('Network.enable')
  await network.send('Network.setCacheDisabled', { cacheDisabled: true })
  const paths = new Map<string, string>()
  const sent: Sent[] = []
  network.on('Network.requestWillBeSent', ({ requestId, request }) => {
    paths.set(requestId, new URL(request.url).pathname)
  })
  network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    sent.push({ path: paths.get(requestId) ?? '', bytes: encodedDataLength })
  })
  return sent
}

/** Records what is asked of the platform from now on, and whether the page's first script asked for it. */
async function watchReads(page: Page) {
  const network = await page.context().newCDPSession(page)
  await network.send('Network.enable')
  const reads: { readonly body: string; readonly isEarly: boolean }[] = []
  network.on('Network.requestWillBeSent', ({ request, initiator }) => {
    if (!request.url.endsWith('/graphql')) return
    const isEarly = JSON.stringify(initiator).includes('/early.js')
    reads.push({ body: request.postData ?? '', isEarly })
  })
  return reads
}

const total = (sent: readonly Sent[]): number => sent.reduce((sum, { bytes }) => sum + bytes, 0)

/** Sums up the layout shifts of every document of this page that followed no input. */
const watchShifts = (page: Page): Promise<unknown> =>
  page.addInitScript(`
    globalThis.layoutShift = 0
    new PerformanceObserver((list) => {
      for (const { hadRecentInput, value } of list.getEntries()) {
        if (!hadRecentInput) globalThis.layoutShift += value
      }
    }).observe({ type: 'layout-shift', buffered: true })
  `)

const readShift = (page: Page): Promise<number> => page.evaluate('globalThis.layoutShift')

describe('a first visit', () => {
  it('of the dashboard costs at most 400 kB and 35 requests, charts and live data included', async () => {
    const { page, settled } = await openPage(browser, origin)
    await signIn(page, trader)
    await settled()
    const sent = await watchWire(page)
    await page.reload()
    await page.getByRole('heading', { name: 'Dashboard' }).waitFor()
    await page.locator('.recharts-surface').first().waitFor()
    await settled()
    const kindOf = ({ path }: Sent): string => path.split('/')[1] ?? ''
    const story = [...new Set(sent.map(kindOf))].map((kind) => {
      const each = sent.filter((one) => kindOf(one) === kind)
      return `${kind}: ${each.length} requests, ${total(each)} bytes`
    })
    expect({ story, isSmall: total(sent) <= 400_000 }).toEqual({ story, isSmall: true })
    expect({ story, areFew: sent.length <= 35 }).toEqual({ story, areFew: true })
    await page.context().close()
  })

  it.each([
    ['/dashboard', 8],
    ['/market', 3],
    ['/market/BTC', 8],
    ['/portfolio', 2],
    ['/orders', 3],
  ])(
    'of %s asks for %i things before its code is there, and for each once',
    async (path, count) => {
      const { page, settled } = await openPage(browser, origin)
      await signIn(page, trader)
      await settled()
      const reads = await watchReads(page)
      await page.goto(path)
      await page.locator('main .panel .numeric').first().waitFor()
      expect(reads.filter(({ isEarly }) => isEarly)).toHaveLength(count)
      const bodies = reads.map(({ body }) => body)
      expect(bodies).toEqual([...new Set(bodies)])
      await page.context().close()
    },
  )

  const everyPage = ['/', '/market', '/market/BTC', '/system']
  const ownPages = ['/dashboard', '/trade', '/portfolio', '/activity']
  const movable = ['/', '/market/BTC']

  it.each([
    { width: 390, visited: movable, own: ['/portfolio'] },
    { width: 1024, visited: everyPage, own: ownPages },
    { width: 1440, visited: movable, own: ['/trade', '/portfolio'] },
  ])('at $width px moves little that was shown already', async ({ width, visited, own }) => {
    const { page, settled } = await openPage(browser, origin)
    await page.setViewportSize({ width, height: 900 })
    await watchShifts(page)
    const shiftsOf = async (paths: readonly string[]) => {
      const shifts: Record<string, number> = {}
      for (const path of paths) {
        await page.goto(path)
        await settled()
        shifts[path] = await readShift(page)
      }
      return Object.entries(shifts).filter(([, shift]) => shift > 0.05)
    }
    expect(await shiftsOf(visited)).toEqual([])
    await signIn(page, trader)
    await settled()
    expect(await shiftsOf(['/', ...own])).toEqual([])
    await page.context().close()
  })
})

describe('a missing file of an earlier deployment', () => {
  let page: Page

  beforeAll(async () => {
    page = (await openPage(browser, origin)).page
    await signIn(page, trader)
  })

  const heading = (name: string) => page.getByRole('heading', { level: 1, name })

  /** Counts reloads of the page. */
  function countLoads(): () => number {
    let loads = 0
    page.on('domcontentloaded', () => void (loads += 1))
    return () => loads
  }

  it('reloads the page once, and loads', async () => {
    await page.goto('/dashboard')
    await heading('Dashboard').waitFor()
    const loads = countLoads()
    let isOld = true
    page.on('domcontentloaded', () => void (isOld = false))
    await page.route('**/static/ProfilePage-*.js', (route) =>
      isOld ? route.fulfill({ status: 404, body: 'Not found' }) : route.continue(),
    )
    await page.getByRole('link', { name: 'Profile' }).click()
    await heading('Profile').waitFor()
    expect(loads()).toBe(1)
    await page.unroute('**/static/ProfilePage-*.js')
  })

  it('is reported when it stays unavailable, without further reloads', async () => {
    await page.goto('/dashboard')
    await heading('Dashboard').waitFor()
    await page.evaluate('sessionStorage.clear()')
    const loads = countLoads()
    await page.route('**/static/TradePage-*.js', (route) =>
      route.fulfill({ status: 404, body: 'Not found' }),
    )
    await page.getByRole('link', { name: 'Trade', exact: true }).first().click()
    await heading('This page broke').waitFor()
    expect(loads()).toBe(1)
    await page.unroute('**/static/TradePage-*.js')
  })
})
