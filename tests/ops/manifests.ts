import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { loadCnyConfig } from '@cnop/cny/config'
import { loadInsightsConfig } from '@cnop/insights/config'
import { loadInventoryConfig } from '@cnop/inventory/config'
import type { Env, StoreConfig } from '@cnop/kit/config'
import { loadOrderConfig } from '@cnop/order/config'
import { loadRouterConfig } from '@cnop/router/config'
import { subgraphNames } from '@cnop/schema/read'
import { loadUserConfig } from '@cnop/user/config'
import { parse } from 'yaml'

/** The parts of Kubernetes objects that tests read. The schemas of the API cover the rest. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly labels?: Labels
    readonly annotations?: Labels
  }
  readonly spec: Spec
}

type Labels = Readonly<Record<string, string>>

interface Selector {
  readonly matchLabels?: Labels
}

interface Peer {
  readonly podSelector?: Selector
  readonly namespaceSelector?: Selector
}

interface Spec {
  readonly template?: {
    readonly metadata: { readonly labels: Labels }
    readonly spec: Pod
  }
  readonly schedule?: string
  readonly concurrencyPolicy?: string
  readonly jobTemplate?: {
    readonly spec: { readonly template: NonNullable<Spec['template']> }
  }
  readonly selector?: Selector
  readonly replicas?: number
  readonly ports?: readonly { readonly port: number; readonly targetPort: string }[]
  readonly clusterIP?: string
  readonly scaleTargetRef?: { readonly name: string }
  readonly minReplicas?: number
  readonly metrics?: readonly { readonly pods?: { readonly metric: { readonly name: string } } }[]
  readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[]
  readonly rules?: readonly {
    readonly host: string
    readonly http: { readonly paths: readonly unknown[] }
  }[]
  readonly podSelector?: Selector
  readonly ingress?: readonly { readonly from?: readonly Peer[] }[]
  readonly egress?: readonly { readonly ports?: readonly { readonly port: unknown }[] }[]
}

interface Pod {
  readonly serviceAccountName?: string
  readonly containers: readonly Container[]
  readonly topologySpreadConstraints?: readonly { readonly labelSelector: Selector }[]
}

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string }
}

export interface Container {
  readonly command?: readonly string[]
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[]
  readonly env?: readonly {
    readonly name: string
    readonly value?: string
    readonly valueFrom?: {
      readonly secretKeyRef: {
        readonly name: string
        readonly key: string
        readonly optional?: boolean
      }
    }
  }[]
  readonly envFrom?: readonly { readonly configMapRef: { readonly name: string } }[]
  readonly resources?: {
    readonly requests?: Labels
    readonly limits?: Labels
  }
  readonly securityContext?: unknown
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[]
  readonly startupProbe?: Probe
  readonly livenessProbe?: Probe
  readonly readinessProbe?: Probe
}

interface Kustomization {
  readonly resources: readonly string[]
  readonly configMapGenerator: readonly {
    readonly name: string
    readonly envs: readonly string[]
  }[]
}

const folder = new URL('../../ops/kubernetes/', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, folder), 'utf8')
const { resources, configMapGenerator } = parse(read('kustomization.yaml')) as Kustomization

type Document = Manifest | { readonly kind: 'List'; readonly items: readonly Manifest[] }

/** Every object of the base, from the files that the kustomization names. */
export const readManifests = (): Manifest[] =>
  resources.flatMap((path) => {
    const document = parse(read(path), { merge: true }) as Document
    return 'items' in document ? document.items : [document]
  })

/** The variables of a ConfigMap that the kustomization generates. */
const readSettings = (name: string): Record<string, string> =>
  Object.fromEntries(
    configMapGenerator
      .filter((generator) => generator.name === name)
      .flatMap(({ envs }) => envs.flatMap((path) => read(path).split('\n')))
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )

/** A value for each secret, as operators would set it; optional ones are absent. */
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const secrets: Readonly<Record<string, string>> = {
  ...Object.fromEntries(subgraphNames.map((name) => [`seal-keys/${name}`, `a:${'k'.repeat(32)}`])),
  'redis/url': 'rediss://default:password@redis.example.com:6379',
  'tokens/private-key': privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
}

/** The environment of a process: its ConfigMaps, then its own variables and secrets. */
function environmentOf({ env = [], envFrom = [] }: Container): Record<string, string> {
  const shared = envFrom.map(({ configMapRef }) => readSettings(configMapRef.name))
  const own = env.flatMap(({ name, value, valueFrom }): [string, string][] => {
    if (value !== undefined) return [[name, value]]
    const { name: secret, key, optional } = valueFrom!.secretKeyRef
    const kept = secrets[`${secret}/${key}`]
    if (kept === undefined && optional !== true) throw new Error(`${name} has no secret.`)
    return kept === undefined ? [] : [[name, kept]]
  })
  return Object.assign({ NODE_ENV: 'production' }, ...shared, Object.fromEntries(own)) as Record<
    string,
    string
  >
}

export interface ProcessConfig {
  readonly port: number
  readonly host: string
  readonly metricsPort?: number | undefined
  readonly metricsHost?: string
  readonly store: StoreConfig
}

export const loaders: Readonly<Record<string, (env: Env) => ProcessConfig>> = {
  router: loadRouterConfig,
  user: loadUserConfig,
  inventory: loadInventoryConfig,
  order: loadOrderConfig,
  insights: loadInsightsConfig,
  cny: loadCnyConfig,
}

/** Loads the configuration from the environment as the process does, and records the variables that it reads. */
export function load(name: string, container: Container) {
  const given = environmentOf(container)
  const known = new Set<string>()
  const env = new Proxy(given, {
    get: (target, variable: string) => {
      known.add(variable)
      return target[variable]
    },
  })
  return { config: loaders[name]!(env), given, known }
}

/** The secrets that `npm run up` creates in .env. */
const composeSecrets: Readonly<Record<string, string>> = {
  REDIS_PASSWORD: 'password',
  JWT_PRIVATE_KEY: JSON.stringify(privateKey.export({ format: 'jwk' })),
  ...Object.fromEntries(
    subgraphNames.map((name) => [`${name.toUpperCase()}_SEAL_KEYS`, `a:${'k'.repeat(32)}`]),
  ),
}

/** Loads the configuration of a process of docker-compose.yml, as `npm run up -- <profile>` starts it. */
export function loadComposed(
  name: string,
  profile: 'demo' | 'production',
  more: Readonly<Record<string, string>> = {},
): ProcessConfig {
  const { services } = parse(read('../../docker-compose.yml'), { merge: true }) as {
    services: Record<string, { environment: Record<string, string | number> }>
  }
  const given: Readonly<Record<string, string>> = {
    ...{ ...composeSecrets, APP_PROFILE: profile },
    ...more,
  }
  const fill = (text: string): string =>
    text.replace(
      /\$\{(\w+)(?::([-?])([^}]*))?\}/g,
      (_all, variable: string, kind: string, rest: string) => {
        const value = given[variable] ?? (kind === '-' ? rest : undefined)
        if (value === undefined) throw new Error(`npm run up does not create ${variable}.`)
        return value
      },
    )
  const env = Object.entries(services[name]!.environment).map(([key, value]) => [
    key,
    fill(String(value)),
  ])
  return loaders[name]!(Object.fromEntries(env) as Record<string, string>)
}
