import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { findOnPath } from '@cnop/kit/child'
import { type Browser, chromium, type Page, type Request } from 'playwright-core'

/** An upper limit for waits. No test asserts the speed of a page. */
const patienceMs = 60_000

/** Switches that disable the browser's own network requests. */
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The system's Chromium, headless; `extraArgs` are further command-line switches. */
export async function openBrowser(extraArgs: readonly string[] = []): Promise<Browser> {
  // The build without a window takes less CPU.
  const executablePath = findOnPath('chromium-headless-shell') ?? findOnPath('chromium')
  if (!executablePath) {
    throw new Error(
      'The browser tests need Chromium: install it (apt-get install chromium-headless-shell).',
    )
  }
  return chromium.launch({ executablePath, args: [...args, ...extraArgs] })
}

/** Waits, frame by frame, until the page is as it should be; the time limit of the test ends it. */
export async function untilFrame(page: Page, isReached: () => Promise<boolean>): Promise<void> {
  while (!(await isReached())) await page.evaluate('new Promise(requestAnimationFrame)')
}

export interface WatchedPage {
  readonly page: Page
  /** Problems of the page since it was opened: console errors, failed requests, exceptions. */
  readonly problems: readonly string[]
  /** Resolves when all requests of the page have finished. Streams never end and do not count. */
  readonly settled: () => Promise<void>
}

/** Waits for all requests in flight, except streams. */
function watchRequests(page: Page): () => Promise<void> {
  const underway = new Set<Request>()
  let waiting: (() => void)[] = []
  const end = (request: Request): void => {
    underway.delete(request)
    if (underway.size > 0) return
    waiting.forEach((resolve) => resolve())
    waiting = []
  }
  page.on('request', (request) => {
    if (!request.url().endsWith('/stream')) underway.add(request)
  })
  page.on('requestfinished', end)
  page.on('requestfailed', end)
  return async () => {
    if (underway.size > 0) await new Promise<void>((resolve) => waiting.push(resolve))
  }
}

/** A page in a separate session that records every problem. */
export async function openPage(browser: Browser, origin: string): Promise<WatchedPage> {
  const context = await browser.newContext({
    baseURL: origin,
    viewport: { width: 1280, height: 900 },
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  page.setDefaultTimeout(patienceMs)
  const problems: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()}`)
  })
  page.on('pageerror', (error) => problems.push(`exception: ${error.message}`))
  page.on('requestfailed', (request) => {
    // A page that is left cancels its requests.
    const reason = request.failure()?.errorText ?? ''
    if (reason !== 'net::ERR_ABORTED') problems.push(`request: ${request.url()} ${reason}`)
  })
  const answered = watchRequests(page)
  const settled = async (): Promise<void> => {
    await page.locator('main h1').first().waitFor()
    await page.locator('main [aria-busy="true"]').first().waitFor({ state: 'detached' })
    await answered()
  }
  return { page, problems, settled }
}

/** Signs in with the form. */
export async function signIn(
  page: Page,
  { username, password }: { username: string; password: string },
): Promise<void> {
  await page.goto('/sign-in')
  await page.getByLabel('Username').fill(username)
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL('**/dashboard')
}

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
)

interface AxeResults {
  readonly violations: readonly {
    readonly id: string
    readonly impact: string | null
    readonly nodes: readonly { readonly html: string }[]
  }[]
}

interface Axe {
  run(options: { resultTypes: readonly string[] }): Promise<AxeResults>
}

/** Ends transitions: a colour in transition would be judged by an intermediate value. */
const stopTransitions = (page: Page): Promise<unknown> =>
  page.addStyleTag({ content: '*, *::before, *::after { transition: none !important }' })

/** Serious accessibility findings of the current page, each with its first element. */
export async function findBarriers(page: Page): Promise<string[]> {
  await stopTransitions(page)
  await page.evaluate(axeSource)
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: Axe }).axe.run({ resultTypes: ['violations'] }),
  )
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, impact, nodes }) => `${id} (${impact ?? ''}): ${nodes[0]?.html ?? ''}`)
}

/** The text of disabled controls with a contrast below 4.5 to 1, which axe does not check. */
export async function findFaint(page: Page): Promise<string[]> {
  await stopTransitions(page)
  return page.evaluate<string[]>(`
    const channels = (color) => {
      const [red, green, blue, alpha = 1] = color.match(/[\\d.]+/g).map(Number)
      return { rgb: [red, green, blue], alpha }
    }
    const mix = ({ rgb, alpha }, below) => rgb.map((part, i) => part * alpha + below[i] * (1 - alpha))
    const linear = (part) => (part <= 10 ? part / 3294 : ((part / 255 + 0.055) / 1.055) ** 2.4)
    const light = ([red, green, blue]) =>
      0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue) + 0.05
    const ancestors = (element) =>
      element ? [...ancestors(element.parentElement), getComputedStyle(element)] : []
    const texts = ':is(button, input:not([type=radio])):disabled, button[aria-disabled=true], fieldset:disabled label, label[data-disabled]'
    const contrast = (element) => {
      const text = element.querySelector('.mantine-Button-label') ?? element
      const styles = ancestors(text)
      const ground = styles.reduce((below, style) => mix(channels(style.backgroundColor), below), [255, 255, 255])
      const { rgb, alpha } = channels(styles.at(-1).color)
      const opacity = styles.reduce((product, style) => product * style.opacity, alpha)
      const [low, high] = [ground, mix({ rgb, alpha: opacity }, ground)].map(light).sort((a, b) => a - b)
      return high / low
    }
    const shown = [...document.querySelectorAll(texts)].filter((element) => element.offsetParent)
    if (shown.length === 0) throw new Error('Nothing is disabled.')
    shown.filter((element) => contrast(element) < 4.5).map((element) => element.textContent || element.value)
  `)
}

/** What a search finds in the light and in the dark scheme; the light one stays. */
export async function inBothSchemes(
  page: Page,
  find: (page: Page) => Promise<string[]>,
): Promise<string[]> {
  const found: string[] = []
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme })
    found.push(...(await find(page)))
  }
  return found
}

type Size = readonly [width: number, height: number]

/** Visible controls that a banner or a toast covers in windows of these sizes, of which the last stays. */
export async function findCovered(page: Page, sizes: readonly Size[]): Promise<string[]> {
  const found: string[] = []
  for (const [width, height] of sizes) {
    await page.setViewportSize({ width, height })
    await page.evaluate('new Promise(requestAnimationFrame)')
    found.push(...(await findCoveredNow(page)))
  }
  return found
}

const findCoveredNow = (page: Page): Promise<string[]> =>
  page.evaluate(`
    const isCovered = (control) => {
      const { x, y, width, height } = control.getBoundingClientRect()
      const top = document.elementFromPoint(x + width / 2, y + height / 2)
      return top?.closest('.connection, .mantine-Notifications-root')?.contains(control) === false
    }
    const controls = [...document.querySelectorAll('a, button, input')]
    controls.filter(isCovered).map((control) => control.textContent || control.ariaLabel)
  `)

/** Texts in panels that are printed over each other, once the page has taken its layout of this width. */
export async function findOverlaps(page: Page, width: number): Promise<string[]> {
  await page.setViewportSize({ width, height: 900 })
  return page.evaluate(`(async () => {
    for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame)
    const lines = []
    // What is scrolled out of sight is printed nowhere.
    const seen = (box, element) => {
      let { left, right, top, bottom } = box
      for (let around = element; around.tagName !== 'MAIN'; around = around.parentElement) {
        if (!/auto|scroll/.test(getComputedStyle(around).overflowY)) continue
        const room = around.getBoundingClientRect()
        top = Math.max(top, room.top)
        bottom = Math.min(bottom, room.bottom)
      }
      return { left, right, top, bottom }
    }
    const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT)
    while (walker.nextNode()) {
      const { currentNode: node } = walker
      if (!node.parentElement.closest('.panel') || node.parentElement.closest('svg, thead, .visually-hidden')) continue
      const range = document.createRange()
      range.selectNodeContents(node)
      lines.push(...[...range.getClientRects()].map((box) => ({ box: seen(box, node.parentElement), text: node.textContent })))
    }
    const shared = (a, b, start, end) => Math.min(a.box[end], b.box[end]) - Math.max(a.box[start], b.box[start])
    const isOver = (a) => (b) => shared(a, b, 'left', 'right') > 2 && shared(a, b, 'top', 'bottom') > 4
    return lines.flatMap((line, index) =>
      lines.slice(index + 1).filter(isOver(line)).map(({ text }) => line.text + ' / ' + text),
    )
  })()`)
}

/**
 * What is wrong with the cards into which narrow tables turn: a value without a label or unit, and a word or number that is
 * broken inside. A number may be broken after a group sign.
 */
export const findCardFaults = (page: Page): Promise<string[]> =>
  page.evaluate(`
    const cells = [...document.querySelectorAll('table[data-stacked] td')]
    const isLabelled = (cell) => getComputedStyle(cell, '::before').content.length > 4
    const isBare = (cell) => /^[\\d\\s.,#–-]+$/.test(cell.textContent) && !isLabelled(cell)
    const wordsOf = (cell) => {
      const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT)
      const words = []
      while (walker.nextNode()) {
        const { currentNode: node } = walker
        if (node.parentElement.closest('.visually-hidden')) continue
        for (const { 0: word, index } of node.textContent.matchAll(/[^\\s·-]+/g)) {
          const range = document.createRange()
          range.setStart(node, index)
          range.setEnd(node, index + word.length)
          words.push({ word, lines: new Set([...range.getClientRects()].map(({ top }) => top)).size })
        }
      }
      return words
    }
    const bare = cells.filter(isBare).map((cell) => 'bare: ' + cell.textContent)
    const broken = cells.flatMap(wordsOf).filter(({ lines }) => lines > 1)
    const none = cells.length === 0 ? ['no cards'] : []
    none.concat(bare, broken.map(({ word }) => 'broken: ' + word))
  `)
