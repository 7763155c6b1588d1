import { performance } from 'node:perf_hooks'
import { createClient } from '../../world/client.ts'
import { createTrader } from '../../world/trader.ts'
import type { Wire } from './wire.ts'

/** A user for the whole run. */
export interface Person {
  readonly username: string
  readonly password: string
  /** The latest access token. */
  token: string
  /** The time of the token, by the clock of `performance`. */
  tokenAt: number
  /** Waiting limit orders, the oldest first. */
  readonly waiting: string[]
  /** The number of purchases that have not been sold. */
  lots: number
}

const openingCash = '500.00'

export async function openPeople(origin: string, count: number): Promise<readonly Person[]> {
  const stranger = createClient(origin)
  const people: Person[] = []
  for (let opened = 0; opened < count; opened++) {
    const trader = await createTrader(stranger)
    const { errors } = await trader.deposits(openingCash)
    if (errors.length > 0) throw new Error('The platform takes no deposits.')
    const { username, password, token } = trader
    const tokenAt = performance.now()
    people.push({ username, password, token, tokenAt, waiting: [], lots: 0 })
  }
  return people
}

interface SignedIn {
  readonly signIn: { readonly accessToken: string }
}

/** Half of the lifetime of an access token of the dashboard. */
const renewAfterMs = 300_000

/** Users renew their token well before it expires, as every client does. */
export const isTokenOld = ({ tokenAt }: Person): boolean =>
  performance.now() - tokenAt > renewAfterMs

export async function signIn(person: Person, wire: Wire): Promise<void> {
  const { username, password } = person
  // Set before the response: one renewal is enough.
  person.tokenAt = performance.now()
  const data = await wire.run('DemoSignIn', { input: { username, password } })
  person.token = (data as unknown as SignedIn).signIn.accessToken
}
