import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { blockedPorts } from '@cnop/kit/engine-address'
import { subgraphNames } from '@cnop/schema/read'
import { parse } from 'yaml'
import { loadComposed, loaders, type ProcessConfig } from './manifests.ts'

interface Service {
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly read_only?: boolean
  readonly cap_drop?: readonly string[]
  readonly ports?: readonly string[]
  readonly networks?: readonly string[]
  readonly profiles?: readonly string[]
  readonly mem_limit?: string
  readonly pids_limit?: number
  readonly image?: string
  readonly healthcheck?: { readonly test: readonly string[] }
}

interface Step {
  readonly uses?: string
  readonly run?: string
  readonly with?: object
}

const root = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')

/** The variables of a config file, with those that it imports. */
function variablesOf(path: string): Set<string> {
  const names = (text: string): string[] =>
    [...text.matchAll(/\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b/g)].map(([name]) => name)
  return new Set([
    ...names(read(path)),
    ...names(read('subgraphs/kit/src/config.ts')),
    ...(read(path).includes('...liquidityFields')
      ? names(read('subgraphs/quotes/src/liquidity.ts'))
      : []),
    'STORE',
    'NODE_ENV',
  ])
}

let services: Record<string, Service>
beforeAll(() => {
  const file = parse(read('docker-compose.yml'), { merge: true }) as {
    services: Record<string, Service>
  }
  services = file.services
})

describe('docker-compose.yml', () => {
  it('runs the store, Redis, five subgraphs, the router and the dashboard', () => {
    const plain = Object.entries(services).filter(([, { profiles }]) => !profiles)
    expect(plain.map(([name]) => name).sort()).toEqual(
      ['redis', 'router', 'store', 'web', ...subgraphNames].sort(),
    )
  })

  it('gives each process a read-only root and no capabilities', () => {
    for (const service of Object.values(services)) {
      expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'] })
    }
  })

  it('limits the memory and the processes of each', () => {
    for (const service of Object.values(services)) {
      expect(service.mem_limit).toMatch(/^\d+[mg]$/)
      expect(service.pids_limit).toBeGreaterThan(0)
    }
    const heap = parseInt(/old-space-size=(\d+)/.exec(read('ops/docker/Dockerfile'))![1]!, 10)
    expect(parseInt(services['router']!.mem_limit!, 10)).toBeGreaterThan(heap)
  })

  it('has a health check for each, in the file or in an image of ours', () => {
    const without = Object.entries(services)
      .filter(([, { image = '', healthcheck }]) => !image.startsWith('cnop-') && !healthcheck)
      .map(([name]) => name)
    // Their images have no client for a health check.
    expect(without.sort()).toEqual(['alloy', 'loki'])
  })

  it('has a production profile with which every process starts', () => {
    for (const name of Object.keys(loaders)) {
      const { store } = loadComposed(name, 'production')
      expect(store).toMatchObject({ profile: 'production', store: 'endpoint' })
    }
  })

  it.each([
    [{}, { spread: 'simulated', depth: 'simulated' }],
    [{ INVENTORY_FEED: 'coingecko' }, { spread: 0n, depth: undefined }],
    [{ MARKET_SPREAD_BASIS_POINTS: '10', MARKET_DEPTH: 'unlimited' }, { spread: 10n }],
  ])('has one market for who shows it and who trades in it: %j', (variables, market) => {
    for (const profile of ['demo', 'production'] as const) {
      const shown = loadComposed('inventory', profile, variables)
      expect(shown).toMatchObject({ liquidity: market })
      const { liquidity } = shown as ProcessConfig & { readonly liquidity: object }
      expect(loadComposed('order', profile, variables)).toMatchObject({ rules: { liquidity } })
    }
  })

  it('makes only the router, the dashboard and Grafana reachable from outside', () => {
    const reachable = Object.entries(services).filter(([, { ports }]) => ports)
    expect(reachable.map(([name]) => name).sort()).toEqual(['grafana', 'router', 'web'])
  })

  it('publishes its ports on the loopback interface only', () => {
    const published = Object.values(services).flatMap(({ ports = [] }) => ports)
    expect(published.sort()).toEqual([
      '127.0.0.1:3000:3000',
      '127.0.0.1:3001:3000',
      '127.0.0.1:8080:8080',
    ])
  })

  it('keeps the store on a port that browsers refuse to connect to', () => {
    const port = services['store']!.command!.find((part) => part.startsWith('--port='))
    expect(blockedPorts.map((blocked) => `--port=${blocked}`)).toContain(port)
    const { DYNAMODB_ENDPOINT = '' } = services['router']!.environment!
    expect(port).toBe(`--port=${new URL(DYNAMODB_ENDPOINT).port}`)
  })

  it('adds the monitoring by a profile, with a login and no default password', () => {
    const names = ['alertmanager', 'alloy', 'grafana', 'loki', 'prometheus']
    for (const name of names) expect(services[name]).toHaveProperty('profiles', ['monitoring'])
    expect(services['grafana']!.environment).toMatchObject({
      GF_SECURITY_ADMIN_PASSWORD: '${GRAFANA_ADMIN_PASSWORD:?run npm run up}',
      GF_AUTH_ANONYMOUS_ENABLED: 'false',
    })
  })

  it('requires the password of this machine for Redis', () => {
    expect(services['redis']!.command).toContain('--requirepass')
    expect(services['router']!.environment!['REDIS_URL']).toContain('${REDIS_PASSWORD')
  })

  it.each(subgraphNames)('starts the %s subgraph with variables that it reads', (name) => {
    const { command, environment = {} } = services[name]!
    expect(command).toEqual(['node', `subgraphs/${name}/src/main.ts`])
    const known = variablesOf(`subgraphs/${name}/src/config.ts`).add('HEALTH_URL')
    expect(Object.keys(environment).filter((variable) => !known.has(variable))).toEqual([])
    expect(environment).toHaveProperty(`${name.toUpperCase()}_SEAL_KEYS`)
  })

  it('gives the router the address and the key of every subgraph', () => {
    const { environment = {} } = services['router']!
    for (const name of subgraphNames) {
      expect(environment[`${name.toUpperCase()}_URL`]).toMatch(new RegExp(`^http://${name}:\\d+$`))
      expect(environment[`${name.toUpperCase()}_SEAL_KEYS`]).toBe(
        services[name]!.environment![`${name.toUpperCase()}_SEAL_KEYS`],
      )
    }
    const known = variablesOf('router/src/config.ts')
    expect(Object.keys(environment).filter((variable) => !known.has(variable))).toEqual([])
  })

  it('contains no secret', () => {
    expect(read('docker-compose.yml')).not.toMatch(/SEAL_KEYS: (?!\$\{)/)
  })
})

describe('the workflows', () => {
  const steps = (path: string): readonly Step[] => {
    const { jobs } = parse(read(`.github/workflows/${path}`)) as {
      jobs: Record<string, { steps: readonly Step[] }>
    }
    return Object.values(jobs).flatMap((job) => job.steps)
  }

  it('release an SBOM of the shipped packages with its provenance', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
    expect(scripts['sbom']).toContain('--sbom-format cyclonedx --omit dev')
    const release = steps('release.yml')
    const made = release.find(({ run }) => run?.includes('npm run --silent sbom'))
    const [, file] = / > (\S+)/.exec(made!.run!)!
    const attested = release.find(({ uses }) =>
      uses?.startsWith('actions/attest-build-provenance@'),
    )
    expect(attested!.with).toEqual({ 'subject-path': file })
    expect(release.at(-1)!.run).toContain(` ${file} `)
  })

  it('build images with provenance and an SBOM, and audit the shipped packages', () => {
    const build = steps('images.yml').find(({ uses }) =>
      uses?.startsWith('docker/build-push-action@'),
    )
    expect(build!.with).toMatchObject({ provenance: 'mode=max', sbom: true })
    const audits = steps('dependency-review.yml').map(({ run = '' }) => run)
    expect(audits).toContain('npm audit --omit=dev --audit-level=high')
  })

  it('have images and actions pinned by digest by Renovate', () => {
    const { extends: presets } = JSON.parse(read('.github/renovate.json')) as { extends: string[] }
    expect(presets).toEqual(
      expect.arrayContaining(['docker:pinDigests', 'helpers:pinGitHubActionDigests']),
    )
  })
})

describe('the images', () => {
  it('contain no package that only tests need', () => {
    const { dependencies } = JSON.parse(read('tests/package.json')) as { dependencies?: object }
    expect(dependencies).toBeUndefined()
  })

  it.each(['ops/docker/Dockerfile', 'ops/docker/web.Dockerfile'])(
    '%s runs as a user without privileges, with a health check',
    (path) => {
      const last = read(path)
        .split(/^FROM /m)
        .at(-1)!
      expect(last).toMatch(/^USER (node|nginx)$/m)
      expect(last).toMatch(/^HEALTHCHECK /m)
    },
  )
})
