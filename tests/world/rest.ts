import { randomBytes } from 'node:crypto'

export interface RestAnswer {
  readonly status: number
  readonly headers: Headers
  /** The parsed body, or its text if it is not JSON. */
  readonly body: unknown
}

export interface RestCall {
  readonly token?: string
  /** Sent as JSON; a string is sent unchanged. */
  readonly body?: unknown
  readonly headers?: Record<string, string>
}

/** Sends one call below `/api/v1`, over plain HTTP. */
export type CallRest = (method: string, path: string, call?: RestCall) => Promise<RestAnswer>

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

export function createRestClient(origin: string): CallRest {
  return async (method, path, { token, body, headers = {} } = {}) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const response = await fetch(`${origin}/api/v1${path}`, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: text }),
    })
    return {
      status: response.status,
      headers: response.headers,
      body: parse(await response.text()),
    }
  }
}

export interface RestUser {
  readonly username: string
  readonly email: string
  readonly password: string
  readonly token: string
  /** Calls with this user's token. */
  readonly call: CallRest
}

export const goodPassword = 'Correct-Horse-26'

export const newPerson = () => {
  const username = `rest_${randomBytes(6).toString('hex')}`
  const email = `${username}@example.com`
  return { username, email, password: goodPassword, first_name: 'Ada', last_name: 'Lovelace' }
}

/** Registers a user with a unique name, signs in and deposits cash. */
export async function createRestUser(call: CallRest, cash?: string): Promise<RestUser> {
  const person = newPerson()
  const { username, email, password } = person
  expectStatus(await call('POST', '/auth/register', { body: person }), 201)
  const login = await call('POST', '/auth/login', { body: { username, password } })
  expectStatus(login, 200)
  const { access_token: token } = login.body as { access_token: string }
  const own: CallRest = (method, path, rest) => call(method, path, { token, ...rest })
  if (cash !== undefined) {
    expectStatus(await own('POST', '/balance/deposit', { body: { amount: cash } }), 201)
  }
  return { username, email, password, token, call: own }
}

function expectStatus({ status, body }: RestAnswer, wanted: number): void {
  if (status !== wanted) throw new Error(`${status} for ${wanted}: ${JSON.stringify(body)}`)
}
