import { createClient } from '../../world/client.ts'
import { createTrader } from '../../world/trader.ts'
import type { Wire } from './wire.ts'

/** Somebody who uses the platform for the whole time. */
export interface Person {
  readonly username: string
  readonly password: string
  /** The latest access token; it is renewed long before it expires. */
  token: string
  /** Limit orders that wait, the oldest first. */
  readonly waiting: string[]
  /** How much was bought and not yet put up for sale. */
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
    people.push({ username, password, token, waiting: [], lots: 0 })
  }
  return people
}

interface SignedIn {
  readonly signIn: { readonly accessToken: string }
}

export async function signIn(person: Person, wire: Wire): Promise<void> {
  const { username, password } = person
  const data = await wire.run('DemoSignIn', { input: { username, password } })
  person.token = (data as unknown as SignedIn).signIn.accessToken
}
