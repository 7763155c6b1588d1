import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { createServiceMetrics } from '@cnop/kit/metrics'
import { probePaths as subgraphProbes } from '@cnop/kit/serve'
import { type RouterConfig, probePaths as routerProbes } from '@cnop/router/config'
import { createGatewayMetrics } from '@cnop/router/edge/metrics'
import { type SubgraphName, subgraphNames } from '@cnop/schema/read'
import { parse } from 'yaml'
import { findUnknownFields, validate } from './kubernetes-schema.ts'
import { type Container, load, type Manifest, readManifests } from './manifests.ts'

const root = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')

const manifests = readManifests()
const ofKind = (...kinds: readonly string[]): Manifest[] =>
  manifests.filter(({ kind }) => kinds.includes(kind))
const named = (kind: string, name: string): Manifest =>
  ofKind(kind).find(({ metadata }) => metadata.name === name)!

const workloads = ofKind('Deployment', 'StatefulSet').map(({ metadata: { name }, spec }) => {
  const { metadata, spec: pod } = spec.template!
  return { name, selector: spec.selector, replicas: spec.replicas, labels: metadata.labels, pod }
})
const podOf = (name: string) => workloads.find((workload) => workload.name === name)!
const containerOf = (name: string): Container => podOf(name).pod.containers[0]!
const processes = ['router', ...subgraphNames] as const

describe('every object of ops/kubernetes', () => {
  it.each(manifests.map((each) => [each.kind, each.metadata.name, each] as const))(
    '%s %s is valid by the schema of the API and has no undeclared field',
    async (_kind, _name, manifest) => {
      await expect(validate(manifest)).resolves.toBeUndefined()
      expect(await findUnknownFields(manifest)).toEqual([])
    },
  )

  it('has an undeclared field when a field is misspelt', async () => {
    const { spec, ...rest } = named('PodDisruptionBudget', 'router')
    const wrong = { ...rest, spec: { ...spec, maxUnavailabel: 1 } }
    expect(await findUnknownFields(wrong)).toEqual(['spec.maxUnavailabel'])
  })

  it('is of one release', () => {
    const { images } = parse(read('ops/kubernetes/kustomization.yaml')) as {
      images: { name: string; newTag: string }[]
    }
    const { version } = JSON.parse(read('package.json')) as { version: string }
    expect(images).toEqual(['cnop-app', 'cnop-web'].map((name) => ({ name, newTag: version })))
  })
})

describe.each(workloads.map(({ name }) => name))('the pods of %s', (name) => {
  const { pod, labels, selector, replicas } = podOf(name)
  const container = containerOf(name)

  it('have no privileges', () => {
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    })
    for (const each of pod.containers) {
      expect(each.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      })
    }
  })

  it('request CPU and memory, and have a memory limit', () => {
    const { requests, limits } = container.resources!
    expect(requests).toEqual({
      cpu: expect.stringMatching(/^\d+m$/),
      memory: expect.stringMatching(/^\d+Mi$/),
    })
    const heapMi = parseInt(/old-space-size=(\d+)/.exec(read('ops/docker/Dockerfile'))![1]!, 10)
    const limitMi = parseInt(limits!['memory']!, 10)
    expect(limitMi).toBeGreaterThan(name === 'web' ? 0 : heapMi)
  })

  it('have an autoscaler, are spread, and are evicted one by one', () => {
    expect(replicas).toBeUndefined()
    const { spec: budget } = named('PodDisruptionBudget', name)
    expect(budget).toMatchObject({ maxUnavailable: 1, selector })
    const { spec } = named('HorizontalPodAutoscaler', name)
    expect(spec.scaleTargetRef!.name).toBe(name)
    expect(spec.minReplicas).toBeGreaterThan(1)
    expect(pod.topologySpreadConstraints![0]!.labelSelector).toEqual(selector)
    expect(labels).toMatchObject(selector!.matchLabels!)
  })

  it('have a Service with one of their ports', () => {
    const { spec } = named('Service', name)
    expect(spec.selector).toEqual(selector!.matchLabels)
    const [port] = spec.ports!
    const target = container.ports.find((each) => each.name === port!.targetPort)
    expect(port!.port).toBe(target!.containerPort)
  })
})

describe.each(processes)('the process %s', (name) => {
  const container = containerOf(name)
  const { config, given, known } = load(name, container)

  it('starts in production with its variables, and reads all of them', () => {
    expect(config.store).toMatchObject({ profile: 'production', store: 'aws' })
    expect(config.store.redisUrl).toBeDefined()
    expect(Object.keys(given).filter((variable) => !known.has(variable))).toEqual([])
  })

  it('listens on the port of its container, on all interfaces', () => {
    expect(config.host).toBe('0.0.0.0')
    const port = container.ports.find((each) => each.name === 'http')!
    expect(port.containerPort).toBe(config.port)
  })

  it('is probed at existing paths', () => {
    const { live, ready } = name === 'router' ? routerProbes : subgraphProbes
    expect(container.startupProbe!.httpGet).toEqual({ path: live, port: 'http' })
    expect(container.livenessProbe!.httpGet).toEqual({ path: live, port: 'http' })
    expect(container.readinessProbe!.httpGet).toEqual({ path: ready, port: 'http' })
  })

  it('exists in the image', () => {
    const [node, entry] = container.command!
    expect(node).toBe('node')
    expect(() => read(entry!)).not.toThrow()
    expect(entry).toContain(`${name}/src/main.ts`)
  })

  it('is scaled on CPU and on a metric that it exports', () => {
    const { metrics } = named('HorizontalPodAutoscaler', name).spec
    expect(metrics![0]).toMatchObject({ type: 'Resource', resource: { name: 'cpu' } })
    const { registry } = name === 'router' ? createGatewayMetrics() : createServiceMetrics(name)
    expect(registry.getSingleMetric(metrics![1]!.pods!.metric.name)).toBeDefined()
  })
})

describe('the router', () => {
  const config = load('router', containerOf('router')).config as RouterConfig

  it('has the address of the Service of each subgraph, which resolves to its pods', () => {
    for (const { name, urls } of config.subgraphs) {
      const { ports, clusterIP } = named('Service', name).spec
      expect(urls).toEqual([`http://${name}:${ports![0]!.port}`])
      expect(clusterIP).toBe('None')
    }
  })

  it('exports metrics to Prometheus only, on a separate port', () => {
    const port = containerOf('router').ports.find((each) => each.name === 'metrics')
    expect(port!.containerPort).toBe(config.metricsPort)
    expect(config.metricsHost).toBe('0.0.0.0')
    expect(named('Service', 'router').spec.ports).toHaveLength(1)
  })

  it('keeps its audit trail on a volume that outlives it', () => {
    const { volumeClaimTemplates } = named('StatefulSet', 'router').spec
    const [volume] = volumeClaimTemplates!
    const mount = containerOf('router').volumeMounts!.find(
      (each) => each.name === volume!.metadata.name,
    )
    expect(`${mount!.mountPath}/audit`).toBe(config.auditDirectory)
  })

  it('trusts the site that the ingress serves', () => {
    const hosts = named('Ingress', 'web').spec.rules!.map(({ host }) => `https://${host}`)
    expect(config.allowedOrigins).toEqual(hosts)
    expect(config.trustedProxies.rules).not.toEqual([])
  })
})

describe('the dashboard', () => {
  it('listens on the port of nginx, sends calls to the Service, and has the probe of its image', () => {
    const nginx = read('ops/docker/nginx.conf')
    const { ports, livenessProbe, readinessProbe } = containerOf('web')
    expect(nginx).toContain(`listen ${ports[0]!.containerPort};`)
    expect(nginx).toContain(`server router:${named('Service', 'router').spec.ports![0]!.port};`)
    const health = `http://127.0.0.1:3000${livenessProbe!.httpGet.path}`
    expect(read('ops/docker/web.Dockerfile')).toContain(`"${health}"`)
    expect(readinessProbe!.httpGet).toEqual(livenessProbe!.httpGet)
  })
})

describe('the daily verification of the ledger', () => {
  const { spec } = named('CronJob', 'ledger-verify')
  const { metadata, spec: pod } = spec.jobTemplate!.spec.template
  const [container] = pod.containers

  it('runs the command of the image on the whole journal, one run at a time', () => {
    expect(spec).toMatchObject({ schedule: '30 3 * * *', concurrencyPolicy: 'Forbid' })
    const [node, entry, ...parameters] = container!.command!
    expect([node, parameters]).toEqual(['node', ['--full']])
    expect(read(entry!)).toContain('await runCommand({ usage, main })')
    expect(pod).toMatchObject({ serviceAccountName: 'order', automountServiceAccountToken: false })
    expect(container!.securityContext).toEqual(containerOf('order').securityContext)
  })

  it('reaches the store and nothing else', () => {
    const [policy, ...others] = ofKind('NetworkPolicy').filter(({ spec: { podSelector } }) =>
      Object.entries(podSelector!.matchLabels ?? {}).some(
        ([label, value]) => metadata.labels[label] === value,
      ),
    )
    expect(others).toEqual([])
    expect(policy!.spec.egress!.flatMap(({ ports }) => ports)).toEqual([{ port: 443 }])
  })
})

describe('secrets', () => {
  it('are referenced, never contained', () => {
    expect(ofKind('Secret')).toEqual([])
    const literal = workloads
      .flatMap(({ pod }) => pod.containers.flatMap(({ env = [] }) => env))
      .filter(({ name, value }) => value !== undefined && /KEY|PASSWORD|SECRET|REDIS/.test(name))
    expect(literal).toEqual([])
  })

  it('of a subgraph are available to it and the router only', () => {
    for (const subgraph of subgraphNames) {
      const holders = workloads.filter(({ name }) =>
        (containerOf(name).env ?? []).some(
          ({ valueFrom }) =>
            valueFrom?.secretKeyRef.name === 'seal-keys' && valueFrom.secretKeyRef.key === subgraph,
        ),
      )
      expect(holders.map(({ name }) => name).sort()).toEqual(['router', subgraph].sort())
    }
  })
})

describe('the network', () => {
  const policies = ofKind('NetworkPolicy')
  const policiesOf = (name: string): Manifest[] =>
    policies.filter(({ spec }) => {
      const wanted = Object.entries(spec.podSelector!.matchLabels ?? {})
      return wanted.every(([label, value]) => podOf(name).labels[label] === value)
    })
  const sourcesOf = (name: string): string[] =>
    policiesOf(name)
      .flatMap(({ spec: { ingress = [] } }) => ingress)
      .flatMap(({ from = [] }) => from)
      .map(({ podSelector, namespaceSelector }) => {
        const space = namespaceSelector?.matchLabels?.['kubernetes.io/metadata.name'] ?? ''
        return `${space}/${podSelector?.matchLabels?.['app.kubernetes.io/name'] ?? ''}`
      })
      .sort()
  const reachedPorts = (name: string): unknown[] =>
    policiesOf(name)
      .flatMap(({ spec: { egress = [] } }) => egress)
      .flatMap(({ ports = [] }) => ports.map(({ port }) => port))

  it('denies everything that no policy allows', () => {
    expect(named('NetworkPolicy', 'deny-all').spec).toEqual({
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
    })
  })

  it.each(subgraphNames)('lets only the router and Prometheus reach %s', (name) => {
    expect(sourcesOf(name)).toEqual(['/router', 'monitoring/prometheus'])
  })

  it('lets only the ingress, the dashboard and Prometheus reach the router', () => {
    expect(sourcesOf('router')).toEqual(['/web', 'ingress-nginx/', 'monitoring/prometheus'])
    expect(sourcesOf('web')).toEqual(['ingress-nginx/'])
  })

  it('lets the router and the subgraphs reach Redis, and only the subgraphs reach the store', () => {
    const reaching = (port: number): string[] =>
      workloads.filter(({ name }) => reachedPorts(name).includes(port)).map(({ name }) => name)
    expect(reaching(6379).sort()).toEqual([...processes].sort())
    expect(reaching(443).sort()).toEqual([...subgraphNames].sort())
  })

  it('lets the router reach the port of every subgraph', () => {
    const ports = subgraphNames.map(
      (name: SubgraphName) => containerOf(name).ports[0]!.containerPort,
    )
    expect(reachedPorts('router')).toEqual(expect.arrayContaining(ports))
  })

  it('buffers no event of a stream', () => {
    const { metadata, spec } = named('Ingress', 'stream')
    expect(metadata.annotations).toEqual({
      'nginx.ingress.kubernetes.io/proxy-buffering': 'off',
      'nginx.ingress.kubernetes.io/proxy-read-timeout': '3600',
    })
    const [{ path, backend }] = spec.rules![0]!.http.paths as [
      { path: string; backend: { service: { name: string } } },
    ]
    expect([path, backend.service.name]).toEqual(['/stream', 'router'])
  })
})
