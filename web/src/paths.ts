/** Every path of the app, defined in one place. */
export const paths = {
  landing: '/',
  signIn: '/sign-in',
  signUp: '/sign-up',
  dashboard: '/dashboard',
  market: '/market',
  asset: (id: string) => `/market/${encodeURIComponent(id)}`,
  /** Leads to the asset that was traded last. */
  trade: '/trade',
  /** Without a side the ticket keeps its draft. */
  tradeAsset: (id: string, side?: 'buy' | 'sell') =>
    `/trade/${encodeURIComponent(id)}${side ? `?side=${side}` : ''}`,
  /** The same for the asset that was traded last. */
  tradeSide: (side: 'buy' | 'sell') => `/trade?side=${side}`,
  orders: '/orders',
  openOrders: '/orders?status=PENDING',
  order: (id: string) => `/orders/${encodeURIComponent(id)}`,
  portfolio: '/portfolio',
  activity: '/activity',
  account: '/account',
  /** The account with the form for a deposit, whichever was open last. */
  deposit: '/account?move=deposit',
  profile: '/profile',
  system: '/system',
  signInThen: (next: string) => `/sign-in?next=${encodeURIComponent(next)}`,
} as const

/** Whether a text in an address can be the ticker of an asset; the services refuse any other. */
export const isTicker = (text: string): boolean => /^[A-Z0-9]{1,10}$/.test(text)

/** The same for the id of an order. */
export const isOrderId = (text: string): boolean => /^\w{10,50}$/.test(text)

/** The path after sign-in: only a path of this site, never another origin. */
export function nextPath(search: URLSearchParams): string {
  const next = search.get('next')
  return next?.startsWith('/') && !/^\/[/\\]/.test(next) ? next : paths.dashboard
}
