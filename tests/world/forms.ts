import { expect } from '@jest/globals'
import type { Locator, Page } from 'playwright-core'

type Input = Readonly<Record<string, unknown>>
type Body = { readonly operationName: string; readonly variables?: { readonly input?: Input } }

/** Records the inputs of the operations that a page sends. The result lists those of one operation, oldest first. */
export function watchInputs(page: Page): (operation: string) => readonly Input[] {
  const sent: { readonly operation: string; readonly input: Input }[] = []
  page.on('request', (request) => {
    if (!request.url().endsWith('/graphql')) return
    const body = JSON.parse(request.postData() ?? '{}') as Body
    sent.push({ operation: body.operationName, input: body.variables?.input ?? {} })
  })
  return (wanted) => sent.filter(({ operation }) => operation === wanted).map(({ input }) => input)
}

/** The accessible description of a field or a button. */
export async function described(element: Locator): Promise<string> {
  const ids = (await element.getAttribute('aria-describedby'))?.match(/\S+/g) ?? []
  const describers = ids.map((id) => element.page().locator(`[id="${id}"]`).textContent())
  return (await Promise.all(describers)).join(' ')
}

/** Waits until a text field shows a value: what another event causes may come later than that event. */
export const shows = (field: Locator, value: string): Promise<void> =>
  field.and(field.page().locator(`[value=${JSON.stringify(value)}]`)).waitFor()

/** Where an element begins on its page, to two pixels: lines of text are not of whole ones. */
export async function topOf(element: Locator): Promise<number> {
  const scrolled = await element.page().evaluate<number>('scrollY')
  return Math.floor(((await element.boundingBox())?.y ?? Number.NaN) + scrolled) >> 1
}

/** Expects that a refused text stays in the field with its reason, and that neither the button nor Enter sends it. */
export async function refuses(
  field: Locator,
  button: Locator,
  text: string,
  why: RegExp,
): Promise<void> {
  await field.fill(text)
  expect(await field.inputValue()).toBe(text)
  expect(await field.getAttribute('aria-invalid')).toBe('true')
  expect(await described(field)).toMatch(why)
  expect(await button.isDisabled()).toBe(true)
  expect(await described(button)).toMatch(/Correct the \w+/)
  await field.press('Enter')
}
