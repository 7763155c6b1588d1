import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { openBrowser, openPage, type WatchedPage } from '../world/browser.ts'
import type { Trader } from '../world/trader.ts'
import { startWorld, type World } from '../world/world.ts'

let world: World
let browser: Browser
let trader: Trader
let watched: WatchedPage
let page: Page

beforeAll(async () => {
  world = await startWorld({ WEB_ENABLED: 'true', WEB_PORT: '0' })
  browser = await openBrowser()
  trader = await world.trader({ cash: '5000.00' })
  await trader.buys('0.4', 'ETH')
  watched = await openPage(browser, `http://127.0.0.1:${world.router.webPort ?? 0}`)
  page = watched.page
})

afterAll(async () => {
  await browser.close()
  await world.stop()
})

/** What people read on a page: visible text, names of controls and the title; not code, and not the keys of a keyboard. */
const readPage = `(() => {
  const texts = [document.title]
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT)
  for (let node = walker.currentNode; node; node = walker.nextNode()) {
    if (node.closest('script, style, code, pre, kbd, option')) continue
    if (!node.checkVisibility({ visibilityProperty: true })) continue
    for (const name of ['aria-label', 'title', 'placeholder', 'alt']) {
      texts.push(node.getAttribute(name) ?? '')
    }
    for (const { nodeType, data } of node.childNodes) if (nodeType === 3) texts.push(data)
  }
  return texts.map((text) => text.trim()).filter(Boolean)
})()`

const catalogue = readFileSync(
  new URL('../../web/src/locales/zh-CN/messages.po', import.meta.url),
  'utf8',
)
/** The English of messages that Chinese words otherwise. */
const english = new Set(
  [...catalogue.matchAll(/^msgid "(.+)"\nmsgstr "(.+)"$/gm)].flatMap(
    ([, message = '', translation]) => (message === translation ? [] : [message.trim()]),
  ),
)

const findEnglish = async (): Promise<string[]> =>
  (await page.evaluate<string[]>(readPage)).filter(
    (text) => english.has(text) || /[A-Za-z’]{2} [a-z’]{2}/.test(text),
  )

it('chooses the language before the sign-in, and reads why one is refused', async () => {
  await page.goto('/')
  await page.getByRole('combobox', { name: 'Language' }).selectOption('简体中文')
  await page.getByRole('link', { name: '登录' }).click()
  expect(await page.evaluate('document.documentElement.lang')).toBe('zh-CN')
  const button = page.getByRole('button', { name: '登录' })
  const name = page.getByLabel('用户名')
  await name.fill('x'.repeat(300))
  await page.getByRole('textbox', { name: '密码' }).fill(trader.password)
  await button.click()
  await page.getByText('此项最多 256 个字符。').waitFor()
  expect(await findEnglish()).toEqual([])
  await name.fill(trader.username)
  await button.click()
  await page.waitForURL('**/dashboard')
})

it('buys, and finds the time of it as Chinese writes it', async () => {
  await page.goto('/trade/BTC')
  await page.getByLabel('BTC 数量').fill('0.01')
  await page.getByRole('button', { name: '核对买入' }).click()
  await page.getByRole('dialog').waitFor()
  expect(await findEnglish()).toEqual([])
  await page.getByRole('button', { name: '提交委托' }).click()
  await page.getByText('已买入 0.01 BTC').first().waitFor()
  await page.goto('/orders')
  await page
    .getByText(/^2\d{3}年\d{1,2}月\d{1,2}日/)
    .first()
    .waitFor()
})

it('sorts the market by the names that it shows, as Chinese orders them', async () => {
  await page.goto('/market?sort=NAME')
  await watched.settled()
  const names = await page
    .getByRole('table')
    .locator('tbody .asset-name .link-text')
    .allInnerTexts()
  expect(names.length).toBeGreaterThan(10)
  expect(names).toEqual(names.toSorted(new Intl.Collator('zh-CN').compare))
})

it.each([
  '/',
  '/dashboard',
  '/market',
  '/market/BTC',
  '/trade/BTC',
  '/portfolio',
  '/orders',
  '/activity',
  '/account',
  '/system',
  '/nowhere',
  '/profile',
])('finds no English on %s', async (path) => {
  await page.goto(path)
  await watched.settled()
  expect(await findEnglish()).toEqual([])
})

it('goes back to English, and keeps what was typed', async () => {
  await page.getByLabel(/^名/).fill('Augusta')
  await page.getByRole('combobox', { name: '语言' }).selectOption('English')
  await page.getByRole('heading', { name: 'Profile' }).waitFor()
  expect(await page.getByLabel('First name').inputValue()).toBe('Augusta')
  expect(watched.problems.filter((problem) => !/status of (404|422)/.test(problem))).toEqual([])
})
