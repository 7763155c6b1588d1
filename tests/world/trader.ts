import { randomBytes } from 'node:crypto'
import { type Answer, type Client, createClient } from './client.ts'

/** A signed-in user who uses only the public API. */
export interface Trader extends Client {
  readonly username: string
  readonly password: string
  readonly token: string
  readonly refreshToken: string
  deposits(amount: string, key?: string): Promise<Answer>
  withdraws(amount: string, key?: string): Promise<Answer>
  buys(quantity: string, assetId: string, key?: string): Promise<Answer>
  sells(quantity: string, assetId: string, key?: string): Promise<Answer>
  /** The available cash. */
  cash(): Promise<string>
  /** The quantity held of an asset; '0' for none. */
  holds(assetId: string): Promise<string>
}

const key = (): string => `test-${randomBytes(10).toString('hex')}`

const signUp = /* GraphQL */ `
  mutation ($input: SignUpInput!) {
    signUp(input: $input) {
      user {
        username
      }
    }
  }
`

const signIn = /* GraphQL */ `
  mutation ($input: SignInInput!) {
    signIn(input: $input) {
      accessToken
      refreshToken
    }
  }
`

const cashMovement = (field: 'deposit' | 'withdraw'): string => `
  mutation ($input: CashInput!) {
    ${field}(input: $input) {
      entry { id sequence kind cashChange cashAfter }
      cash { available held posted }
    }
  }
`

const placeOrder = /* GraphQL */ `
  mutation ($input: PlaceOrderInput!) {
    placeOrder(input: $input) {
      order {
        id
        status
        side
        type
        quantity
        price
        total
      }
    }
  }
`

const balances = /* GraphQL */ `
  {
    me {
      portfolio {
        cash {
          available
        }
        holdings {
          assetId
          quantity
        }
      }
    }
  }
`

interface Balances {
  readonly me: {
    readonly portfolio: {
      readonly cash: { readonly available: string }
      readonly holdings: readonly { readonly assetId: string; readonly quantity: string }[]
    }
  }
}

interface SignedIn {
  readonly signIn: { readonly accessToken: string; readonly refreshToken: string }
}

const password = 'Correct-Horse-2026'

function expectData<Data>({ data, errors }: Answer<Data>): Data {
  if (!data || errors.length > 0) throw new Error(`The platform refused: ${JSON.stringify(errors)}`)
  return data
}

/** Signs up a new user with a unique name, and signs them in. */
export async function createTrader(stranger: Client): Promise<Trader> {
  const username = `trader_${randomBytes(6).toString('hex')}`
  const person = { email: `${username}@example.com`, firstName: 'Ada', lastName: 'Trader' }
  expectData(await stranger.ask(signUp, { input: { username, password, ...person } }))
  const session = expectData(
    await stranger.ask<SignedIn>(signIn, { input: { username, password } }),
  )
  const { accessToken, refreshToken } = session.signIn
  return actFor(createClient(stranger.origin, accessToken), {
    username,
    token: accessToken,
    refreshToken,
  })
}

type Who = Pick<Trader, 'username' | 'token' | 'refreshToken'>

function actFor(client: Client, who: Who): Trader {
  const order = (
    side: string,
    quantity: string,
    assetId: string,
    orderKey = key(),
  ): Promise<Answer> =>
    client.ask(placeOrder, { input: { key: orderKey, side, type: 'MARKET', assetId, quantity } })
  const read = async (): Promise<Balances['me']['portfolio']> =>
    expectData(await client.ask<Balances>(balances)).me.portfolio
  return {
    ...client,
    ...who,
    password,
    deposits: (amount, depositKey = key()) =>
      client.ask(cashMovement('deposit'), { input: { key: depositKey, amount } }),
    withdraws: (amount, withdrawKey = key()) =>
      client.ask(cashMovement('withdraw'), { input: { key: withdrawKey, amount } }),
    buys: (quantity, assetId, orderKey) => order('BUY', quantity, assetId, orderKey),
    sells: (quantity, assetId, orderKey) => order('SELL', quantity, assetId, orderKey),
    cash: async () => (await read()).cash.available,
    holds: async (assetId) =>
      (await read()).holdings.find((holding) => holding.assetId === assetId)?.quantity ?? '0',
  }
}
