import type { Page } from 'playwright-core'
import { openBrowser, openPage, signIn } from './browser.ts'
import { watchInputs } from './forms.ts'
import { startTestMarket } from './market.ts'
import { startWorld } from './world.ts'

export type TicketStage = Awaited<ReturnType<typeof openTicketStage>>

/** A platform with a fee and settable prices, and a trader with $5,000 who is signed in to its dashboard. */
export async function openTicketStage(env: Readonly<Record<string, string>> = {}) {
  const market = await startTestMarket({ BTC: 70_341.23, ETH: 3_500 })
  const world = await startWorld({
    WEB_ENABLED: 'true',
    WEB_PORT: '0',
    ORDER_FEE_BASIS_POINTS: '35',
    ...market.env,
    ...env,
  })
  const browser = await openBrowser()
  const trader = await world.trader({ cash: '5000.00' })
  const origin = `http://127.0.0.1:${world.router.webPort ?? 0}`
  const watched = await openPage(browser, origin)
  const inputsOf = watchInputs(watched.page)
  await signIn(watched.page, trader)
  return {
    ...{ market, world, trader, browser, origin, watched, inputsOf },
    stop: async () => {
      await browser.close()
      await world.stop()
      await market.stop()
    },
  }
}

/** The parts of the order ticket on a page. */
export const ticketOf = (page: () => Page) => ({
  quantity: (assetId: string) => page().getByLabel(`Quantity of ${assetId}`),
  amount: () => page().getByLabel('Amount in US dollars'),
  limit: () => page().getByLabel('Limit price'),
  review: () => page().getByRole('button', { name: /^Review/ }),
  choose: (group: string, option: string) =>
    page().getByRole('radiogroup', { name: group }).getByText(option, { exact: true }).click(),
  dialog: () => page().getByRole('dialog'),
  placeOrder: () => page().getByRole('button', { name: 'Place order' }),
  /** Holds back one operation until the returned function is called. */
  holdBack: async (operation: string): Promise<() => void> => {
    let answer = (): void => undefined
    const gate = new Promise<void>((resolve) => (answer = resolve))
    await page().route('**/graphql', async (route) => {
      if (route.request().postData()?.includes(operation)) await gate
      await route.continue()
    })
    return answer
  },
})
