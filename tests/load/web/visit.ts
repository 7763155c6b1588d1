import type { Browser, CDPSession, Page } from 'playwright-core'

/** By it the dashboard knows that this browser was signed in, in this commit and in those before. */
const markerName = 'cnop-was-signed-in'

/** What one cold visit of a page costs. */
export interface Visit {
  /** Before charts, whose files come after the first screen. */
  readonly requests: number
  /** On the wire before charts, in kB of 1,000 bytes. */
  readonly wireKb: number
  readonly lcpMs: number
  readonly cls: number
  /** The slowest of a few presses while prices tick. */
  readonly inpMs: number
}

/** A fast phone: a CPU four times slower, and Chromium's preset "Fast 4G". */
const throttling = {
  cpu: 4,
  network: {
    offline: false,
    latency: 165,
    downloadThroughput: 1_012_500,
    uploadThroughput: 168_750,
  },
}

const chartFile = /\/(charts|[A-Za-z]*Chart)-[^/]*$/

/** Counts what the network has delivered. A stream never ends, and counts with what it has sent so far. */
async function watchNetwork(session: CDPSession) {
  const urls = new Map<string, string>()
  const bytes = new Map<string, number>()
  const add = (id: string, more: number) => bytes.set(id, (bytes.get(id) ?? 0) + more)
  session.on('Network.requestWillBeSent', ({ requestId, request }) =>
    urls.set(requestId, request.url),
  )
  session.on('Network.responseReceived', ({ requestId, response }) =>
    bytes.set(requestId, response.encodedDataLength),
  )
  session.on('Network.dataReceived', ({ requestId, encodedDataLength }) =>
    add(requestId, encodedDataLength),
  )
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) =>
    bytes.set(requestId, encodedDataLength),
  )
  await session.send('Network.enable')
  return () => {
    const counted = [...urls].filter(([, url]) => url.startsWith('http') && !chartFile.test(url))
    const total = counted.reduce((sum, [id]) => sum + (bytes.get(id) ?? 0), 0)
    return { requests: counted.length, wireKb: Math.round(total / 100) / 10 }
  }
}

/** Runs in the page before its own scripts: notes paints, shifts and presses. */
const observe = `
  globalThis.seen = { lcpMs: 0, cls: 0, inpMs: 0 }
  const watch = (type, note, more) =>
    new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true, ...more })
  watch('largest-contentful-paint', ({ startTime }) => { seen.lcpMs = startTime })
  watch('layout-shift', ({ value, hadRecentInput }) => { if (!hadRecentInput) seen.cls += value })
  watch('event', ({ duration, interactionId }) => {
    if (interactionId) seen.inpMs = Math.max(seen.inpMs, duration)
  }, { durationThreshold: 16 })
`

const readSeen = (page: Page) =>
  page.evaluate<Pick<Visit, 'lcpMs' | 'cls' | 'inpMs'>>('globalThis.seen')

interface VisitOptions {
  readonly origin: string
  readonly path: string
  readonly person: { readonly username: string; readonly password: string }
  /** How long the page is left alone once it shows, and after the presses. */
  readonly restMs: number
}

const presses = 4

/** Opens a page in a new browser profile of somebody who is signed in, and presses the theme button a few times. */
export async function visit(
  browser: Browser,
  { origin, path, person, restMs }: VisitOptions,
): Promise<Visit> {
  const viewport = { width: 1280, height: 900 }
  const context = await browser.newContext({ baseURL: origin, viewport })
  try {
    const signedIn = await context.request.post('/auth/sign-in', { data: person })
    if (!signedIn.ok()) throw new Error(`The sign-in was refused: ${await signedIn.text()}`)
    const page = await context.newPage()
    page.setDefaultTimeout(60_000)
    const marker = [markerName, person.username].map((text) => JSON.stringify(text))
    await page.addInitScript(`localStorage.setItem(${marker.join(', ')})`)
    await page.addInitScript(observe)
    const session = await context.newCDPSession(page)
    const readNetwork = await watchNetwork(session)
    await session.send('Network.emulateNetworkConditions', throttling.network)
    await session.send('Emulation.setCPUThrottlingRate', { rate: throttling.cpu })
    await page.goto(path)
    await page.locator('main h1').first().waitFor()
    await page.locator('main [aria-busy="true"]').first().waitFor({ state: 'detached' })
    await page.waitForTimeout(restMs)
    const network = readNetwork()
    const { lcpMs, cls } = await readSeen(page)
    for (let press = 1; press <= presses; press += 1) {
      await page.getByRole('button', { name: /^Theme/ }).click()
      await page.waitForTimeout(restMs / presses)
    }
    const { inpMs } = await readSeen(page)
    return { ...network, lcpMs: Math.round(lcpMs), cls: Math.round(cls * 1_000) / 1_000, inpMs }
  } finally {
    await context.close()
  }
}
