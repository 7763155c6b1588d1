import { Agent, request } from 'undici'

export interface VisitorAnswer {
  readonly status: number
  readonly code: string | undefined
  readonly accessToken: string
  readonly retryAfter: string | undefined
  /** The unchanged `Set-Cookie` headers. */
  readonly setCookies: readonly string[]
}

/** A browser at `/auth`: it stores cookies and sends them back. */
export interface Visitor {
  /** By name. A test may set any value. */
  readonly cookies: Map<string, string>
  signIn(username: string, password: string): Promise<VisitorAnswer>
  refresh(): Promise<VisitorAnswer>
  /** Sends the access token too, if one is given. */
  signOut(accessToken?: string): Promise<VisitorAnswer>
  close(): Promise<void>
}

interface VisitorOptions {
  /** Every address of 127.0.0.0/8 counts as a separate client. */
  readonly from?: string
  readonly cookies?: Iterable<readonly [string, string]>
}

function keep(cookies: Map<string, string>, line: string): void {
  const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
  const [name = '', value = ''] = pair.split('=')
  const isGone = attributes.some((attribute) => /^expires=thu, 01 jan 1970/i.test(attribute))
  if (isGone) cookies.delete(name)
  else cookies.set(name, value)
}

function listOf(header: string | string[] | undefined): string[] {
  if (header === undefined) return []
  return Array.isArray(header) ? header : [header]
}

export function createVisitor(origin: string, options: VisitorOptions = {}): Visitor {
  const agent = new Agent({ localAddress: options.from ?? '127.0.0.1' })
  const cookies = new Map(options.cookies)
  async function post(path: string, body: object, accessToken?: string): Promise<VisitorAnswer> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await request(`${origin}/auth${path}`, {
      method: 'POST',
      dispatcher: agent,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'visitor/1',
        ...(cookie !== '' && { cookie }),
        ...(accessToken !== undefined && { authorization: `Bearer ${accessToken}` }),
      },
      body: JSON.stringify(body),
    })
    const text = await answer.body.text()
    const { code, accessToken: given = '' } = (text === '' ? {} : JSON.parse(text)) as {
      code?: string
      accessToken?: string
    }
    const setCookies = listOf(answer.headers['set-cookie'])
    setCookies.forEach((line) => keep(cookies, line))
    const retryAfter = listOf(answer.headers['retry-after'])[0]
    return { status: answer.statusCode, code, accessToken: given, retryAfter, setCookies }
  }
  return {
    cookies,
    signIn: (username, password) => post('/sign-in', { username, password }),
    refresh: () => post('/refresh', {}),
    signOut: (accessToken) => post('/sign-out', {}, accessToken),
    close: () => agent.close(),
  }
}
