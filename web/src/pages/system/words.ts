import { i18n } from '../../i18n.ts'

/** The words for the names and states that the router reports. What has no words is shown as reported. */

const services: Readonly<Record<string, string>> = {
  router: i18n.t('Router'),
  user: i18n.t('Accounts'),
  order: i18n.t('Orders'),
  inventory: i18n.t('Market'),
  insights: i18n.t('Insights'),
  cny: i18n.t('Red pockets'),
}

export const serviceName = (service: string): string => services[service] ?? service

const statuses: Readonly<Record<string, string>> = {
  healthy: i18n.t('Healthy'),
  unhealthy: i18n.t('Unhealthy'),
  unreachable: i18n.t('No answer'),
  unknown: i18n.t('Unknown'),
}

export const statusName = (status: string): string => statuses[status] ?? status

/** What becomes of the calls to a service, by the state of its circuit breaker. */
const breakerStates: Readonly<Record<string, string>> = {
  closed: i18n.t('calls pass'),
  open: i18n.t('calls are stopped'),
  'half-open': i18n.t('calls are tried again'),
}

/** The same as a name of the service's own state. */
const breakerNames: Readonly<Record<string, string>> = {
  closed: i18n.t('Called'),
  open: i18n.t('Not called'),
  'half-open': i18n.t('Tried again'),
}

export const breakerName = (state: string): string => breakerNames[state] ?? state

export const breakerState = (state: string): string => breakerStates[state] ?? state

const failureKinds: Readonly<Record<string, string>> = {
  timeout: i18n.t('no answer in time'),
  connection: i18n.t('no connection'),
  lost: i18n.t('the connection broke'),
  status: i18n.t('an error as the answer'),
  store: i18n.t('no answer from its store'),
  injected: i18n.t('a fault that was injected'),
  hung: i18n.t('no sign of life'),
  circuit_open: i18n.t('calls were stopped'),
  overloaded: i18n.t('too many calls at once'),
  no_time_left: i18n.t('no time was left'),
  too_large: i18n.t('too large an answer'),
}

export const failureKind = (kind: string): string => failureKinds[kind] ?? toWords(kind)

const sources: Readonly<Record<string, string>> = {
  simulated: i18n.t('Simulated'),
  coingecko: 'CoinGecko',
}

export const priceSource = (feed: string): string => sources[feed] ?? feed

/** "latencyMs" → "latency ms", "STORE_UNAVAILABLE" → "store unavailable". */
export const toWords = (identifier: string): string =>
  identifier
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase()

/** One fault of the platform, as it is listed in brackets behind "degraded". */
function describeFault(fault: string): string {
  const [, missing] = /^no (.+)$/.exec(fault) ?? []
  if (missing !== undefined)
    return i18n.t('Not available: {service}.', { service: serviceName(missing) })
  const [, stopped] = /^(.+) breaker open$/.exec(fault) ?? []
  if (stopped !== undefined) {
    return i18n.t('Calls to {service} are stopped.', { service: serviceName(stopped) })
  }
  const [, some = '', all = '', of = ''] = /^(\d+) of (\d+) copies of (.+)$/.exec(fault) ?? []
  if (of !== '') {
    return i18n.t('Copies of {service} available: {some} of {all}.', {
      service: serviceName(of),
      some,
      all,
    })
  }
  return fault
}

/** "degraded (no cny)" → what it is called, and a sentence for each fault. */
export function describePlatform(status: string): { label: string; faults: readonly string[] } {
  const [, faults] = /^degraded \((.+)\)$/.exec(status) ?? []
  if (faults === undefined) return { label: statusName(status), faults: [] }
  return { label: i18n.t('Degraded'), faults: faults.split(', ').map(describeFault) }
}

/** How a request ended, in its status and in words. */
export function describeAnswer(status: number | null, hasFailed: boolean): string {
  if (status === null) return i18n.t('Caller left')
  if (status >= 500) return i18n.t('{status} failed', { status })
  if (status >= 400) return i18n.t('{status} refused', { status })
  return hasFailed ? i18n.t('{status} with errors', { status }) : i18n.t('{status} OK', { status })
}

const spans: Readonly<Record<string, string>> = {
  'gateway.request': i18n.t('GraphQL request'),
  'gateway.plan': i18n.t('Plan'),
  'gateway.validate': i18n.t('Check of the variables'),
  'gateway.execute': i18n.t('All calls'),
  'gateway.fetch': i18n.t('Call'),
  'gateway.postprocessing': i18n.t('Shape of the answer'),
  'subgraph.execute': i18n.t('Work of the service'),
}

/** What the store is asked for. Commands of Redis are named as it names them. */
const storeCommands: Readonly<Record<string, string>> = {
  GetItem: i18n.t('get an item'),
  BatchGetItem: i18n.t('get several items'),
  TransactGetItems: i18n.t('get items of one moment'),
  PutItem: i18n.t('put an item'),
  UpdateItem: i18n.t('update an item'),
  DeleteItem: i18n.t('delete an item'),
  BatchWriteItem: i18n.t('write several items'),
  TransactWriteItems: i18n.t('write items all or none'),
  Query: i18n.t('read a list'),
  Scan: i18n.t('read a table'),
}

/** What a span did: "dynamodb.BatchGetItem" → "Store: get several items". */
export function spanName(name: string): string {
  const [, system, command] = /^(dynamodb|redis)\.(.+)$/.exec(name) ?? []
  if (command === undefined) return spans[name] ?? name
  const words = { command: storeCommands[command] ?? toWords(command) }
  return system === 'redis' ? i18n.t('Redis: {command}', words) : i18n.t('Store: {command}', words)
}
