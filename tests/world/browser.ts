import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Browser, chromium, type Page, type Request } from 'playwright-core'

/** An upper limit for waits. No test asserts the speed of a page. */
const patienceMs = 60_000

const executablePath = '/usr/bin/chromium'

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
  if (!existsSync(executablePath)) {
    throw new Error('The browser tests need Chromium: install it (apt-get install chromium).')
  }
  return chromium.launch({ executablePath, args: [...args, ...extraArgs] })
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

/** Serious accessibility findings of the current page, each with its first element. */
export async function findBarriers(page: Page): Promise<string[]> {
  // A colour in transition would be judged by an intermediate value.
  await page.addStyleTag({ content: '*, *::before, *::after { transition: none !important }' })
  await page.evaluate(axeSource)
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: Axe }).axe.run({ resultTypes: ['violations'] }),
  )
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, impact, nodes }) => `${id} (${impact ?? ''}): ${nodes[0]?.html ?? ''}`)
}
