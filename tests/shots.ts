import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Browser } from 'playwright-core'
import { print } from './report.ts'
import { openBrowser, openPage, signIn } from './world/browser.ts'
import type { Trader } from './world/trader.ts'
import { startWorld, type World } from './world/world.ts'

const folder = fileURLToPath(new URL('../.data/shots/', import.meta.url))
/** The picture in the root README. */
const picture = fileURLToPath(new URL('../.github/dashboard.jpg', import.meta.url))

const publicPages = { landing: '/', 'sign-in': '/sign-in', 'sign-up': '/sign-up' } as const
const schemes = ['light', 'dark'] as const
const widths = { 1440: 900, 390: 844 } as const

/** An account with content on every page. */
async function openAccount(world: World): Promise<Trader> {
  const trader = await world.trader({ cash: '9000.00' })
  for (const [quantity, asset] of [
    ['0.03', 'BTC'],
    ['0.4', 'ETH'],
    ['8', 'SOL'],
    ['900', 'DOGE'],
  ] as const) {
    await trader.buys(quantity, asset)
  }
  await trader.sells('200', 'DOGE')
  return trader
}

/** The pages for signed-in users. The paths of an order and an asset are those of existing ones. */
async function listPages(trader: Trader): Promise<Record<string, string>> {
  const { data } = await trader.ask<{ me: { orders: { nodes: { id: string }[] } } }>(
    '{ me { orders(first: 1) { nodes { id } } } }',
  )
  const [order] = data?.me.orders.nodes ?? []
  return {
    dashboard: '/dashboard',
    market: '/market',
    asset: '/market/BTC',
    trade: '/trade/ETH',
    portfolio: '/portfolio',
    orders: '/orders',
    order: `/orders/${order?.id ?? ''}`,
    activity: '/activity',
    account: '/account',
    profile: '/profile',
    system: '/system',
  }
}

interface Visit {
  readonly origin: string
  readonly trader: Trader | undefined
  readonly pages: Readonly<Record<string, string>>
}

/** Opens each page in every colour scheme and width, and lists its problems. */
async function shoot(browser: Browser, { origin, trader, pages }: Visit): Promise<string[]> {
  const { page, problems, settled } = await openPage(browser, origin)
  page.setDefaultTimeout(60_000)
  if (trader) await signIn(page, trader)
  if (language) await page.addInitScript(`localStorage.setItem('cnop-language', '${language}')`)
  const wide: string[] = []
  for (const [name, path] of Object.entries(pages)) {
    for (const [width, height] of Object.entries(widths)) {
      for (const colorScheme of schemes) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        const size = { width: parseInt(width, 10), height }
        await page.setViewportSize(size)
        await page.goto(path)
        await settled()
        // On one screen, where what is fixed stays at its edges.
        const whole = await page.evaluate<number>('document.documentElement.scrollHeight')
        await page.setViewportSize({ ...size, height: whole })
        await page.evaluate('document.fonts.ready')
        const file = [name, width, colorScheme, language].filter(Boolean).join('-')
        await page.screenshot({ path: `${folder}${file}.png` })
        const overflow = await page.evaluate<number>(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        )
        if (overflow > 0) wide.push(`${file}: ${overflow} px too wide`)
      }
    }
  }
  await page.context().close()
  return [...problems, ...wide]
}

/** An account with a history, which only those of the demo have. */
async function shootPicture(browser: Browser, origin: string): Promise<void> {
  const { page, settled } = await openPage(browser, origin)
  page.setDefaultTimeout(60_000)
  await page.setViewportSize({ width: 1280, height: 800 })
  await page.goto('/')
  await page.getByRole('button', { name: 'Try the demo' }).click()
  await page.getByText('Bought LINK').first().waitFor()
  await page.goto('/dashboard')
  await settled()
  await page.locator('.recharts-surface').first().waitFor()
  await page.screenshot({ path: picture, type: 'jpeg', quality: 72 })
  await page.context().close()
}

/**
 * `npm run shots [-- --only dashboard,market] [--language zh-CN]`: screenshots of every page in light and dark, 1440 and 390 px
 * wide, in `.data/shots`, and the picture of the README. Prints the problems of the pages and exits with 1 if there are any.
 */
const { values } = parseArgs({
  options: { only: { type: 'string' }, language: { type: 'string' } },
})
const { language } = values
const only = values.only?.split(',')
const chosen = (pages: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(pages).filter(([name]) => !only || only.includes(name)))

mkdirSync(folder, { recursive: true })
const world = await startWorld({ WEB_ENABLED: 'true', WEB_PORT: '0', SEED_DEMO_USER: 'true' })
const browser = await openBrowser()
try {
  const origin = `http://127.0.0.1:${world.router.webPort ?? 0}`
  const trader = await openAccount(world)
  const signedIn = { origin, trader, pages: chosen(await listPages(trader)) }
  const problems = [
    ...(await shoot(browser, { origin, trader: undefined, pages: chosen(publicPages) })),
    ...(await shoot(browser, signedIn)),
  ]
  if (!only) await shootPicture(browser, origin)
  problems.forEach(print)
  print(`Screenshots are in ${folder}`)
  if (problems.length > 0) process.exitCode = 1
} finally {
  await browser.close()
  await world.stop()
}
