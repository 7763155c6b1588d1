/** The words of a command line. */
export interface Words {
  /** The arguments after the command, in order. */
  readonly given: readonly string[]
  readonly options: Readonly<Record<string, string | undefined>>
}

/** One call of the REST API. */
export interface Call {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: Readonly<Record<string, unknown>>
}

export interface Command {
  readonly usage: string
  readonly does: string
  readonly toCall: (words: Words) => Call
}

/** An argument is missing; the message names it. */
export class BadUsage extends Error {
  override readonly name = 'BadUsage'
}

function need(text: string | undefined, what: string): string {
  if (text === undefined || text === '') throw new BadUsage(`${what} is missing.`)
  return text
}

const segment = (text: string | undefined, what: string): string =>
  encodeURIComponent(need(text, what))

function withLimit(path: string, { limit }: Words['options']): string {
  return limit === undefined ? path : `${path}?limit=${encodeURIComponent(limit)}`
}

function register({ options }: Words): Call {
  return {
    method: 'POST',
    path: '/api/v1/auth/register',
    body: {
      username: need(options['username'], '--username'),
      email: need(options['email'], '--email'),
      password: need(options['password'], '--password or CNOP_PASSWORD'),
      first_name: need(options['first-name'], '--first-name'),
      last_name: need(options['last-name'], '--last-name'),
    },
  }
}

function login({ options }: Words): Call {
  return {
    method: 'POST',
    path: '/api/v1/auth/login',
    body: {
      username: need(options['username'], '--username'),
      password: need(options['password'], '--password or CNOP_PASSWORD'),
    },
  }
}

/** With a price it is a limit order, without one a market order. */
function order({ given: [side, assetId, quantity], options: { price } }: Words): Call {
  if (side !== 'buy' && side !== 'sell') throw new BadUsage('An order must be a buy or a sell.')
  return {
    method: 'POST',
    path: '/api/v1/orders',
    body: {
      order_type: `${price === undefined ? 'market' : 'limit'}_${side}`,
      asset_id: need(assetId, 'The asset'),
      quantity: need(quantity, 'The quantity'),
      ...(price !== undefined && { price }),
    },
  }
}

const read = (path: string) => (): Call => ({ method: 'GET', path })

export const commands: Readonly<Record<string, Command>> = {
  register: {
    usage: 'register --username … --email … --first-name … --last-name … [--password …]',
    does: 'opens an account',
    toCall: register,
  },
  login: {
    usage: 'login --username … [--password …]',
    does: 'signs in and remembers the token',
    toCall: login,
  },
  profile: { usage: 'profile', does: 'shows your profile', toCall: read('/api/v1/auth/profile') },
  assets: {
    usage: 'assets [--limit …]',
    does: 'lists the market',
    toCall: ({ options }) => ({
      method: 'GET',
      path: withLimit('/api/v1/inventory/assets', options),
    }),
  },
  asset: {
    usage: 'asset BTC',
    does: 'shows one asset',
    toCall: ({ given: [id] }) => ({
      method: 'GET',
      path: `/api/v1/inventory/assets/${segment(id, 'The asset')}`,
    }),
  },
  order: {
    usage: 'order buy|sell BTC 0.01 [--price …]',
    does: 'places a market order, or with a price a limit order',
    toCall: order,
  },
  orders: {
    usage: 'orders [--limit …]',
    does: 'lists your orders',
    toCall: ({ options }) => ({ method: 'GET', path: withLimit('/api/v1/orders', options) }),
  },
  portfolio: { usage: 'portfolio', does: 'shows what you own', toCall: read('/api/v1/portfolio') },
  health: { usage: 'health', does: 'shows the health of the platform', toCall: read('/health') },
}

export function describeCommands(): string {
  const rows = Object.values(commands).map(({ usage, does }) => `  ${usage}\n      ${does}`)
  return [
    'npm run cli -- <command>',
    ...rows,
    'The address is --origin or CNOP_ORIGIN, otherwise http://localhost:8080.',
  ].join('\n')
}
