import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { openBrowser, openPage, type WatchedPage } from '../world/browser.ts'
import { type CallRest, createRestClient, newPerson } from '../world/rest.ts'
import { startWorld, type World } from '../world/world.ts'

let world: World
let browser: Browser
let watched: WatchedPage
let page: Page

beforeAll(async () => {
  world = await startWorld({ WEB_ENABLED: 'true', WEB_PORT: '0', RED_POCKET_HOLD: '7d' })
  browser = await openBrowser()
  watched = await openPage(browser, `http://127.0.0.1:${world.router.webPort ?? 0}`)
  page = watched.page
})

afterAll(async () => {
  await browser.close()
  await world.stop()
})

const username = `people_${randomBytes(5).toString('hex')}`
const composed = 'Caf\u00e9-Horse-2026'
const decomposed = 'Cafe\u0301-Horse-2026'
const firstName = 'MacKenzie Ôna'
const lastName = 'O’Brien‐李・스미스'

const password = (name: string) => page.getByRole('textbox', { name })
const profile = () => page.getByRole('form', { name: 'Personal data' })

describe('users with other keyboards and names', () => {
  it('open an account with the names, address and password that they type', async () => {
    await page.goto('/sign-up')
    await page.getByLabel('First name').fill(firstName)
    await page.getByLabel('Last name').fill(lastName)
    await page.getByLabel('E-mail').fill(`o'brien.${username}@bücher.example`)
    await page.getByLabel('Username').fill(` ${username} `)
    await password('Password').fill(decomposed)
    await page.getByRole('button', { name: 'Open account' }).click()
    await page.waitForURL('**/dashboard')
  })

  it('see the reason of a refused name at its field', async () => {
    await page.goto('/profile')
    await profile().getByLabel('First name').fill('Ada 2')
    await profile().getByLabel('Last name').click()
    await profile().getByText('This must not have “2” (character 5)', { exact: false }).waitFor()
    await page.getByRole('button', { name: 'Discard changes' }).click()
  })

  it('find again what they changed and did not save, until they discard it', async () => {
    await profile().getByLabel('Phone').fill('+44 20 7946 0018')
    await page.getByRole('link', { name: 'Activity' }).click()
    await page.getByRole('heading', { name: 'Activity', exact: true }).waitFor()
    await page.goto('/profile')
    await profile().getByText('Not saved yet: phone.', { exact: false }).waitFor()
    expect(await profile().getByLabel('Phone').inputValue()).toBe('+44 20 7946 0018')
    await page.getByRole('button', { name: 'Discard changes' }).click()
    await page.reload()
    await profile().getByText('Nothing has been changed yet.').waitFor()
    expect(await profile().getByLabel('Phone').inputValue()).toBe('')
  })

  it('get them back as typed, and sign in from another keyboard', async () => {
    await page.context().clearCookies()
    await page.goto('/sign-in')
    await page.getByLabel('Username').fill(username)
    await password('Password').fill(composed)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL('**/dashboard')
    await page.goto('/profile')
    await profile().waitFor()
    expect(await profile().getByLabel('First name').inputValue()).toBe(firstName)
    expect(await profile().getByLabel('Last name').inputValue()).toBe(lastName)
    const token = await world.stranger.ask<{ signIn: { accessToken: string } }>(
      'mutation ($i: SignInInput!) { signIn(input: $i) { accessToken } }',
      { i: { username, password: composed } },
    )
    const { data } = await world.stranger.ask<{ me: { email: string } }>(
      '{ me { email } }',
      {},
      { authorization: `bearer ${token.data?.signIn.accessToken ?? ''}` },
    )
    expect(data?.me.email).toBe(`o'brien.${username}@bücher.example`)
  })

  it('change other data without a password, and the e-mail address only with it', async () => {
    await profile().getByLabel('Phone').fill('+٤٤ ٢٠ ٧٩٤٦ ٠٠١٨')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Profile saved').first().waitFor()
    expect(await profile().getByLabel('Phone').inputValue()).toBe('442079460018')

    const email = `new.${username}@example.ie`
    expect(await profile().getByLabel('Current password').count()).toBe(0)
    await profile().getByLabel('E-mail').fill(email)
    await page.getByRole('button', { name: 'Save' }).click()
    await profile().getByText('Needed to change the e-mail address.').waitFor()
    const current = profile().getByRole('textbox', { name: 'Current password' })
    await current.fill('Wrong-Horse-2026')
    await page.getByRole('button', { name: 'Save' }).click()
    await profile().getByText('is not your current password').waitFor()
    await current.fill(composed)
    await page.getByRole('button', { name: 'Save' }).click()
    await current.waitFor({ state: 'detached' })
    await page.reload()
    await profile().waitFor()
    expect(await profile().getByLabel('E-mail').inputValue()).toBe(email)
  })

  it('see at the withdrawal which cash is on hold', async () => {
    await page.goto('/dashboard')
    await page.getByRole('button', { name: 'Red pocket' }).click()
    await page.getByLabel('Lucky phrase').fill('新年好')
    await page.getByRole('button', { name: 'Open the red pocket' }).click()
    await page.getByText('trade with it now, withdraw it from', { exact: false }).waitFor()
    await page.goto('/account')
    await page.getByLabel('Amount in US dollars').fill('100.00')
    await page.getByRole('button', { name: 'Deposit $100.00' }).click()
    await page.getByText('$100.00 deposited').waitFor()
    await page.getByText('Withdraw', { exact: true }).first().click()
    await page.getByText('Withdrawable: $100.00', { exact: false }).waitFor()
    await page.getByLabel('Amount in US dollars').fill('108.88')
    await page.getByText('At most $100.00 right now.').waitFor()
    await page.getByRole('button', { name: 'Withdraw the most allowed, $100.00' }).click()
    await page.getByRole('button', { name: 'Withdraw $100.00' }).click()
    await page.getByText('$100.00 withdrawn').waitFor()
    await page.getByText('Withdrawable: $0.00', { exact: false }).waitFor()
    expect(watched.problems.filter((problem) => !problem.includes('401'))).toEqual([])
  })
})

/** Addresses at the edge of the rule of HTML, with a dot in the domain. */
const domainOf = (length: number) => `${`${'d'.repeat(60)}.`.repeat(4)}com`.slice(-length)
const unfit = {
  'without a dot in its domain': 'ada@localhost',
  'of 255 characters': `${'a'.repeat(64)}@${domainOf(190)}`,
  'with 65 characters before the @': `${'a'.repeat(65)}@example.com`,
}
const longest = `${'a'.repeat(64)}@${domainOf(189)}`

describe('an e-mail address', () => {
  const details = { firstName: 'Ada', lastName: 'Lovelace', password: 'Correct-Horse-42' }
  const rest: CallRest = (...call) => createRestClient(world.origin)(...call)
  const signUp = 'mutation ($input: SignUpInput!) { signUp(input: $input) { user { username } } }'
  const update =
    'mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { user { email } } }'

  it.each(Object.entries(unfit))('%s is refused at every door', async (_what, email) => {
    const trader = await world.trader()
    const name = `door_${randomBytes(5).toString('hex')}`
    const opened = await world.stranger.ask(signUp, {
      input: { ...details, username: name, email },
    })
    const changed = await trader.ask(update, {
      input: { email, currentPassword: trader.password },
    })
    expect([opened.codes, changed.codes]).toEqual([['BAD_USER_INPUT'], ['BAD_USER_INPUT']])
    const person = { ...newPerson(), email }
    const [registered, replaced] = [
      await rest('POST', '/auth/register', { body: person }),
      await rest('PUT', '/auth/profile', { body: { email }, token: trader.token }),
    ]
    expect([registered.status, replaced.status]).toEqual([422, 422])
  })

  it('of the greatest length is accepted, and shown whole', async () => {
    expect(longest).toHaveLength(254)
    const trader = await world.trader()
    const input = { email: longest, currentPassword: trader.password }
    expect((await trader.ask(update, { input })).codes).toEqual([])
    const { data } = await trader.ask<{ me: { email: string } }>('{ me { email } }')
    expect(data?.me.email).toBe(longest)
  })
})
