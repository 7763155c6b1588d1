import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { print } from './report.ts'
import { openBrowser } from './world/browser.ts'

const folder = fileURLToPath(new URL('../web/public/', import.meta.url))
const mark = readFileSync(`${folder}favicon.svg`, 'utf8')

/** Systems cut any shape out of a maskable icon: its ground reaches the edges, and its drawing stays inside of the middle. */
const icons = [
  { file: 'icon-192.png', size: 192, isMaskable: false },
  { file: 'icon-512.png', size: 512, isMaskable: false },
  { file: 'icon-maskable.png', size: 512, isMaskable: true },
] as const

/** `npm run icons`: draws the icons of the web manifest from the mark, `web/public/favicon.svg`. */
const browser = await openBrowser()
try {
  for (const { file, size, isMaskable } of icons) {
    const page = await browser.newPage({ viewport: { width: size, height: size } })
    const drawn = isMaskable
      ? mark
          .replace('viewBox="0 0 32 32"', 'viewBox="-4 -4 40 40"')
          .replace('rx="9"', 'style="x: -4px; y: -4px; width: 40px; height: 40px"')
      : mark
    await page.setContent(`<style>body { margin: 0 } svg { display: block }</style>${drawn}`)
    await page.screenshot({ path: folder + file, omitBackground: true })
    await page.close()
    print(`${folder}${file}`)
  }
} finally {
  await browser.close()
}
