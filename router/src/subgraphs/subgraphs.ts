import { BadEnvironment, type Env } from '@cnop/kit/config'
import { systemClock } from '@cnop/kit/clock'
import type { Log } from '@cnop/kit/log'
import type { Platform } from '@cnop/kit/platform'
import type { Subgraph } from '@cnop/kit/subgraph'
import type { SubgraphName } from '@cnop/schema/read'
import { type InjectFault, injectNothing } from './faults.ts'
import type { BreakerConfig } from './breaker.ts'
import type { ShareLimits } from './callers.ts'
import type { LaneLimits } from './heavy-calls.ts'
import { lookUpAll } from './addresses.ts'
import type { LinkOptions, SubgraphPlace } from './copy.ts'
import { openRemoteCopies } from './copies.ts'
import type { InternalAddress } from './internal.ts'
import { signedLink, type SubgraphLink } from './links.ts'
import { hostedLink } from './open-link.ts'

interface Host {
  /** Throws `BadEnvironment` when variables of the subgraph are wrong. */
  readonly check: (env: Env) => void
  readonly create: (env: Env, platform: Platform) => Promise<Subgraph>
}

/** The composition root: the only file that imports subgraphs. The code of a remote one is not loaded. */
const hosts: Readonly<Record<SubgraphName, () => Promise<Host>>> = {
  user: async () => {
    const { createUser } = await import('@cnop/user/server')
    const { loadUserConfig: check } = await import('@cnop/user/config')
    return { check, create: (env, platform) => createUser(check(env), platform) }
  },
  order: async () => {
    const { createOrder } = await import('@cnop/order/server')
    const { loadOrderConfig: check } = await import('@cnop/order/config')
    return { check, create: (env, platform) => createOrder(check(env), platform) }
  },
  inventory: async () => {
    const { createInventory } = await import('@cnop/inventory/server')
    const { loadInventoryConfig: check } = await import('@cnop/inventory/config')
    return { check, create: (env, platform) => createInventory(check(env), platform) }
  },
  insights: async () => {
    const { createInsights } = await import('@cnop/insights/server')
    const { loadInsightsConfig: check } = await import('@cnop/insights/config')
    return { check, create: (env, platform) => createInsights(check(env), platform) }
  },
  cny: async () => {
    const { createCny } = await import('@cnop/cny/server')
    const { loadCnyConfig: check } = await import('@cnop/cny/config')
    return { check, create: (env, platform) => createCny(check(env), platform) }
  },
}

export interface OpenSubgraph {
  readonly place: SubgraphPlace
  readonly link: SubgraphLink
  /** Present when it is hosted in this process. */
  readonly hosted: Subgraph | undefined
  /** Of the copies in other processes, those in service first. */
  readonly addresses: () => readonly InternalAddress[]
}

interface SubgraphsConfig {
  readonly subgraphs: readonly SubgraphPlace[]
  readonly breaker: BreakerConfig
  readonly callerShare: ShareLimits
  readonly heavyCalls: LaneLimits
  readonly deadlinesMs: { readonly subgraph: number }
  readonly subgraphAnswerBytes: number
  readonly readyEveryMs: number
}

interface Stores {
  readonly env: Env
  /** Present when at least one subgraph is hosted. */
  readonly platform: Platform | undefined
  readonly log: Log
  readonly injectFault?: InjectFault
}

/** A subgraph with URLs is remote; one without is hosted in this process. */
export async function openSubgraphs(
  config: SubgraphsConfig,
  { env, platform, log, injectFault = injectNothing }: Stores,
): Promise<OpenSubgraph[]> {
  const hosted = await loadHosted(config)
  return Promise.all(
    config.subgraphs.map(async (place) => {
      const now = platform?.now ?? systemClock
      const { breaker, callerShare, heavyCalls, deadlinesMs } = config
      const deadlineMs = deadlinesMs.subgraph
      const { subgraphAnswerBytes: mostAnswerBytes } = config
      const limits = { deadlineMs, mostAnswerBytes, breaker, callerShare, heavyCalls }
      const options: LinkOptions = { place, now, ...limits, injectFault, log }
      if (place.urls.length > 0) {
        const { readyEveryMs } = config
        const copies = await openRemoteCopies({ ...options, lookUp: lookUpAll, readyEveryMs })
        const link = signedLink(options, copies)
        return { place, link, hosted: undefined, addresses: copies.addresses }
      }
      const host = hosted.get(place.name)
      if (!platform || !host) throw new Error(`The ${place.name} subgraph has no store to open.`)
      const opened = await host.create(withSigningKeys(env, place), platform)
      return { place, link: hostedLink(opened, options), hosted: opened, addresses: () => [] }
    }),
  )
}

/** Reports the wrong variables of all hosted subgraphs at once, before anything opens. */
export async function checkHosted(
  config: Pick<SubgraphsConfig, 'subgraphs'>,
  env: Env,
): Promise<void> {
  const hosted = await loadHosted(config)
  const problems = new Set<string>()
  for (const place of config.subgraphs) {
    try {
      hosted.get(place.name)?.check(withSigningKeys(env, place))
    } catch (error) {
      if (!(error instanceof BadEnvironment)) throw error
      for (const line of error.message.split('\n')) problems.add(line)
    }
  }
  if (problems.size > 0) throw new BadEnvironment([...problems].join('\n'))
}

/** Loads one after the other: they share most of their modules. */
async function loadHosted(
  config: Pick<SubgraphsConfig, 'subgraphs'>,
): Promise<ReadonlyMap<SubgraphName, Host>> {
  const hosted = new Map<SubgraphName, Host>()
  for (const { name, urls } of config.subgraphs) {
    if (urls.length === 0) hosted.set(name, await hosts[name]())
  }
  return hosted
}

/** A hosted subgraph gets the keys of this process, configured or generated. */
function withSigningKeys(env: Env, { name, signingKeys }: SubgraphPlace): Env {
  const text = signingKeys.map(({ id, secret }) => `${id}:${secret}`).join(',')
  return { ...env, [`${name.toUpperCase()}_SEAL_KEYS`]: text }
}
