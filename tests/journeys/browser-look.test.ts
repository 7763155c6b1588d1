import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser, CDPSession, Page } from 'playwright-core'
import {
  findBarriers,
  findCardFaults,
  findOverlaps,
  openBrowser,
  openPage,
  signIn,
  type WatchedPage,
} from '../world/browser.ts'
import { textsOf } from '../world/pdf.ts'
import type { Trader } from '../world/trader.ts'
import { startWorld, type World } from '../world/world.ts'

let world: World
let browser: Browser
let watched: WatchedPage
let page: Page
let trader: Trader
let devtools: CDPSession

beforeAll(async () => {
  world = await startWorld({ WEB_ENABLED: 'true', WEB_PORT: '0' })
  browser = await openBrowser()
  watched = await openPage(browser, `http://127.0.0.1:${world.router.webPort ?? 0}`)
  page = watched.page
  trader = await world.trader({ cash: '5000.00' })
  await trader.buys('0.01234567', 'BTC')
  await trader.buys('900', 'DOGE')
  await signIn(page, trader)
  await watched.settled()
  devtools = await page.context().newCDPSession(page)
  await devtools.send('DOM.enable')
  await devtools.send('CSS.enable')
})

afterAll(async () => {
  await browser.close()
  await world.stop()
})

/** The fonts that drew the text of an element, each marked when it is one of this site. */
async function fontsOf(selector: string): Promise<string[]> {
  await page.locator(selector).first().waitFor()
  await page.evaluate('document.fonts.ready')
  const { root } = await devtools.send('DOM.getDocument')
  const { nodeId } = await devtools.send('DOM.querySelector', { nodeId: root.nodeId, selector })
  const { fonts } = await devtools.send('CSS.getPlatformFontsForNode', { nodeId })
  return fonts.map(({ familyName, isCustomFont }) => `${familyName}${isCustomFont ? ' (own)' : ''}`)
}

describe('the font', () => {
  it.each(['h1', '.hero-panel .figure', '.hero-panel .mark', '.price-flash', '.nav-link'])(
    'of this site draws %s',
    async (selector) => {
      const fonts = await fontsOf(`:is(main, aside) ${selector}`)
      expect(fonts).toEqual([expect.stringMatching(/^Inter.* \(own\)$/)])
    },
  )

  it('has figures of one width', async () => {
    const widths = await page.evaluate<number[]>(`(() => {
      const cell = document.querySelector('main .numeric').cloneNode()
      document.querySelector('main').append(cell)
      const widthOf = (text) => ((cell.textContent = text), cell.getBoundingClientRect().width)
      const widths = ['1111', '0000', '4747', '8989'].map(widthOf)
      cell.remove()
      return widths
    })()`)
    expect(widths).toEqual(widths.map(() => widths[0]))
  })
})

describe('the red pocket', () => {
  it('is drawn without emoji, and its wish without a Chinese font of the system', async () => {
    const button = page.getByRole('button', { name: 'Red pocket' })
    await button.hover()
    await page.getByText('恭喜发财').waitFor()
    expect(await fontsOf('.red-tip')).toEqual([expect.stringMatching(/\(own\)$/)])
    expect(await page.evaluate('document.body.innerText')).not.toMatch(/\p{Extended_Pictographic}/u)
    await button.click()
    await page.getByLabel('Lucky phrase').fill('恭喜发财')
    await page.getByRole('button', { name: 'Open the red pocket' }).click()
    await page.getByText('It is in your cash already', { exact: false }).waitFor()
    expect(await fontsOf('.red-pocket-wish')).toEqual([expect.stringMatching(/\(own\)$/)])
    await page.keyboard.press('Escape')
  })
})

/** Contrast of the ground of each tinted control with the ground below it, and of its text with it: lowest first. */
const findDim = () =>
  page.evaluate<{ text: string; ground: number; letters: number }[]>(`(() => {
    const channels = (color) => {
      const [red, green, blue, alpha = 1] = color.match(/[\\d.]+/g).map(Number)
      return { rgb: [red, green, blue], alpha }
    }
    const mix = ({ rgb, alpha }, below) => rgb.map((part, i) => part * alpha + below[i] * (1 - alpha))
    const linear = (part) => (part <= 10 ? part / 3294 : ((part / 255 + 0.055) / 1.055) ** 2.4)
    const light = ([red, green, blue]) =>
      0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue) + 0.05
    const contrast = (one, other) => Math.max(light(one), light(other)) / Math.min(light(one), light(other))
    const groundOf = (element) => {
      if (!element) return [0, 0, 0]
      return mix(channels(getComputedStyle(element).backgroundColor), groundOf(element.parentElement))
    }
    return [...document.querySelectorAll('main :is([data-variant=light], [data-variant=filled]):not(:disabled, [aria-disabled=true])')]
      .filter((element) => element.offsetParent)
      .map((element) => {
        const own = groundOf(element)
        const text = element.querySelector('.mantine-Button-label, .mantine-Badge-label') ?? element
        return {
          text: element.textContent,
          ground: contrast(own, groundOf(element.parentElement)),
          letters: contrast(own, channels(getComputedStyle(text).color).rgb),
        }
      })
  })()`)

describe('in the dark theme', () => {
  it.each(['/dashboard', '/market', '/portfolio', '/orders'])(
    'buttons and badges of %s stand out',
    async (path) => {
      await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
      await page.goto(path)
      await watched.settled()
      const controls = await findDim()
      expect(controls.length).toBeGreaterThan(0)
      expect(controls.filter(({ ground, letters }) => ground < 1.3 || letters < 4.5)).toEqual([])
      expect(await findBarriers(page)).toEqual([])
    },
  )
})

describe('the ticket', () => {
  it('scrolls below its button', async () => {
    await page.setViewportSize({ width: 1440, height: 900 })
    await page.goto('/trade/BTC')
    await page.getByText('Stop', { exact: true }).click()
    await page.getByText('Sell again at a profit or a loss').click()
    const above = await page.evaluate<string[]>(`(() => {
      const bar = document.querySelector('.trade-ticket .submit')
      const { top, height, left, width } = bar.getBoundingClientRect()
      const scrolled = [bar, ...document.querySelectorAll('.split-panel, .split-panel *')]
        .find((one) => one.contains(bar) && one.scrollHeight > one.clientHeight + 1)
      const others = new Set()
      for (scrolled.scrollTop = 0; ; scrolled.scrollTop += 12) {
        for (let y = top + 2; y < top + height; y += 6) {
          const at = document.elementFromPoint(left + width / 4, y)
          if (!bar.contains(at)) others.add(at.outerHTML.slice(0, 80))
        }
        if (scrolled.scrollTop + scrolled.clientHeight >= scrolled.scrollHeight - 1) return [...others]
      }
    })()`)
    expect(above).toEqual([])
  })
})

describe('the holdings', () => {
  it('have rows of 40 pixels, with decimal signs below each other', async () => {
    await page.setViewportSize({ width: 1440, height: 900 })
    await page.goto('/portfolio')
    await watched.settled()
    const heights = await page.evaluate<number[]>(
      `[...document.querySelectorAll('tbody tr')].map((row) => row.getBoundingClientRect().height)`,
    )
    expect(heights.length).toBe(2)
    expect(Math.max(...heights)).toBeLessThanOrEqual(41)
    // 0.01234567 BTC and 900 DOGE: the right edge of the whole part.
    const places = await page.evaluate<
      number[]
    >(`[...document.querySelectorAll('tbody tr')].map((row) => {
      const { firstChild: text } = row.children[1].querySelector('.numeric')
      const range = document.createRange()
      range.setStart(text, 0)
      range.setEnd(text, text.data.split('.')[0].length)
      return Math.round(range.getBoundingClientRect().right)
    })`)
    expect(new Set(places).size).toBe(1)
    expect(watched.problems).toEqual([])
  })
})

describe('the realised gains', () => {
  const gains = () => page.getByRole('region', { name: 'Realised gains' })

  it('appear with the first sale, and fit a phone in both themes', async () => {
    await gains()
      .getByText(/^No realised gain or loss in \d{4}\.$/)
      .waitFor()
    expect((await trader.sells('0.004', 'BTC')).codes).toEqual([])
    await gains().getByRole('row').filter({ hasText: 'BTC' }).getByText('0.004').waitFor()
    await page.setViewportSize({ width: 390, height: 844 })
    await gains().locator('table[data-stacked]').waitFor()
    await watched.settled()
    expect(await findCardFaults(page)).toEqual([])
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      expect(await findBarriers(page)).toEqual([])
    }
    expect(await findOverlaps(page, 390)).toEqual([])
    expect(
      await page.evaluate('document.documentElement.scrollWidth - window.innerWidth'),
    ).toBeLessThanOrEqual(0)
  })

  it('are those of the downloaded lots', async () => {
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: /^Download the sales of \d{4} as CSV/ }).click(),
    ])
    expect(file.suggestedFilename()).toMatch(/^gains-\d{4}\.csv$/)
    const [header = '', line = ''] = (await readFile(await file.path(), 'utf8')).split(/\r?\n/)
    const gain = line.split(',')[header.split(',').indexOf('gain')]
    const shown = await gains().getByRole('row').last().getByRole('cell').last().innerText()
    expect(shown.replace('−', '-').replace(/[+$]/g, '')).toBe(gain)
  })

  it('follow the choice of lots, which a reload shows', async () => {
    const lots = page.getByRole('region', { name: 'Lots of later sales' })
    await lots.getByText('Highest cost first').click()
    await page.getByText('Your later sales follow this choice').waitFor()
    await page.reload()
    await lots.getByText(/^A sale takes what cost you most per unit/).waitFor()
    expect(watched.problems).toEqual([])
  })
})

describe('the statement of a month', () => {
  it('is downloaded from the activity, on a phone, with its closing balance', async () => {
    await page.goto('/activity')
    const panel = page.getByRole('region', { name: 'Monthly statements' })
    await panel.getByLabel('Month of the statement').waitFor()
    await watched.settled()
    expect(await findOverlaps(page, 390)).toEqual([])
    expect(await findBarriers(page)).toEqual([])
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      panel.getByRole('button', { name: /^Download the statement of .* as PDF/ }).click(),
    ])
    const month = new Date().toISOString().slice(0, 7)
    expect(file.suggestedFilename()).toBe(`statement-${month}.pdf`)
    const texts = textsOf(await readFile(await file.path()))
    expect(texts).toContain('Closing balance')
    const cash = Number(await trader.cash())
    expect(texts.map((text) => Number(text.replaceAll(',', '')))).toContain(cash)
    expect(watched.problems).toEqual([])
  })
})
