/** The words for the names and states that the router reports. What has no words is shown as reported. */

const services: Readonly<Record<string, string>> = {
  router: 'Router',
  user: 'Accounts',
  order: 'Orders',
  inventory: 'Market',
  insights: 'Insights',
  cny: 'Red pockets',
}

export const serviceName = (service: string): string => services[service] ?? service

const statuses: Readonly<Record<string, string>> = {
  healthy: 'Healthy',
  unhealthy: 'Unhealthy',
  unreachable: 'No answer',
  unknown: 'Unknown',
}

export const statusName = (status: string): string => statuses[status] ?? status

/** What becomes of the calls to a service, by the state of its circuit breaker. */
const breakerStates: Readonly<Record<string, string>> = {
  closed: 'calls pass',
  open: 'calls are stopped',
  'half-open': 'calls are tried again',
}

/** The same as a name of the service's own state. */
const breakerNames: Readonly<Record<string, string>> = {
  closed: 'Called',
  open: 'Not called',
  'half-open': 'Tried again',
}

export const breakerName = (state: string): string => breakerNames[state] ?? state

export const breakerState = (state: string): string => breakerStates[state] ?? state

const failureKinds: Readonly<Record<string, string>> = {
  timeout: 'no answer in time',
  connection: 'no connection',
  lost: 'the connection broke',
  status: 'an error as the answer',
  store: 'no answer from its store',
  injected: 'a fault that was injected',
  hung: 'no sign of life',
  circuit_open: 'calls were stopped',
  overloaded: 'too many calls at once',
  no_time_left: 'no time was left',
  too_large: 'too large an answer',
}

export const failureKind = (kind: string): string => failureKinds[kind] ?? toWords(kind)

const sources: Readonly<Record<string, string>> = {
  simulated: 'Simulated',
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
  if (missing !== undefined) return `Not available: ${serviceName(missing)}.`
  const [, stopped] = /^(.+) breaker open$/.exec(fault) ?? []
  if (stopped !== undefined) return `Calls to ${serviceName(stopped)} are stopped.`
  const [, some = '', of = ''] = /^(\d+ of \d+) copies of (.+)$/.exec(fault) ?? []
  if (of !== '') return `Copies of ${serviceName(of)} available: ${some}.`
  return fault
}

/** "degraded (no cny)" → what it is called, and a sentence for each fault. */
export function describePlatform(status: string): { label: string; faults: readonly string[] } {
  const [, faults] = /^degraded \((.+)\)$/.exec(status) ?? []
  if (faults === undefined) return { label: statusName(status), faults: [] }
  return { label: 'Degraded', faults: faults.split(', ').map(describeFault) }
}

/** How a request ended, in its status and in words. */
export function describeAnswer(status: number | null, hasFailed: boolean): string {
  if (status === null) return 'Caller left'
  if (status >= 500) return `${status} failed`
  if (status >= 400) return `${status} refused`
  return hasFailed ? `${status} with errors` : `${status} OK`
}

const spans: Readonly<Record<string, string>> = {
  'gateway.request': 'GraphQL request',
  'gateway.plan': 'Plan',
  'gateway.validate': 'Check of the variables',
  'gateway.execute': 'All calls',
  'gateway.fetch': 'Call',
  'gateway.postprocessing': 'Shape of the answer',
  'subgraph.execute': 'Work of the service',
}

/** What a span did: "dynamodb.BatchGetItem" → "Store: batch get item". */
export function spanName(name: string): string {
  const [, system, command] = /^(dynamodb|redis)\.(.+)$/.exec(name) ?? []
  if (command === undefined) return spans[name] ?? name
  return `${system === 'redis' ? 'Redis' : 'Store'}: ${toWords(command)}`
}
