import type { Page } from 'playwright-core'

/** The amounts that the dashboard shows in one frame, by panel, in the order of the page. */
interface Frame {
  readonly total: readonly string[]
  readonly cash: readonly string[]
  readonly values: readonly string[]
  readonly slices: readonly string[]
  readonly insight: readonly string[]
  readonly chart: readonly string[]
  readonly chartLabel: string
}

/** The part of the DOM that the checks use. */
export interface Shown {
  readonly textContent: string
  querySelector(selector: string): Shown | null
  querySelectorAll(selector: string): Iterable<Shown>
  getAttribute(name: string): string | null
}

interface Window {
  readonly document: Shown
  readonly requestAnimationFrame: (act: () => void) => void
}

/** Records the dashboard in every frame until it has shown this many different totals. */
export const watchDashboard = (page: Page, totals: number): Promise<readonly Frame[]> =>
  page.evaluate(async (wanted) => {
    const { document, requestAnimationFrame } = globalThis as unknown as Window
    const regionOf = (title: string) =>
      [...document.querySelectorAll('section')].find(
        (section) => section.querySelector('h2')?.textContent === title,
      )
    const amountsIn = (title: string, part = '') =>
      [...(regionOf(title)?.querySelectorAll(`${part} .numeric`) ?? [])].flatMap(
        ({ textContent }) => /[+−]?\$[\d,]+\.\d\d/.exec(textContent)?.[0] ?? [],
      )
    const frames: Frame[] = []
    const seen = new Set<string>()
    while (seen.size < wanted) {
      await new Promise<void>((resolve) => requestAnimationFrame(resolve))
      const chart = regionOf('Value over time')?.querySelector('[role="img"]')
      const frame = {
        total: amountsIn('Total value'),
        cash: amountsIn('Cash'),
        values: amountsIn('Holdings', 'td:nth-child(4)'),
        insight: amountsIn('Insight'),
        slices: amountsIn('Allocation', 'li .numeric'),
        chart: amountsIn('Value over time', '.mantine-Group-root'),
        chartLabel: chart?.getAttribute('aria-label') ?? '',
      }
      seen.add(String(frame.total[0]))
      if (JSON.stringify(frame) !== JSON.stringify(frames.at(-1))) frames.push(frame)
    }
    return frames
  }, totals)

/** The prices of the asset on its page in each frame, until `wanted` different prices have been shown. */
export const watchPrices = (page: Page, wanted: number): Promise<readonly (readonly string[])[]> =>
  page.evaluate(async (count) => {
    const { document, requestAnimationFrame } = globalThis as unknown as Window
    const stated = /(?:^|\d)Now (\$[\d,.]+)$/
    const frames: string[][] = []
    const seen = new Set<string>()
    while (seen.size < count) {
      await new Promise<void>((resolve) => requestAnimationFrame(resolve))
      const texts = [...document.querySelectorAll('main p')]
      const named = texts.flatMap(({ textContent }) => stated.exec(textContent)?.[1] ?? [])
      const heading = document.querySelector('main .figure')?.textContent ?? ''
      seen.add(heading)
      frames.push([heading, ...named])
    }
    return frames
  }, wanted)
