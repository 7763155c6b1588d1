/** The compared gateways, each in a separate process with the same flags. */
import { spawn, execFileSync, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

export interface GatewayKind {
  readonly name: string
  /** The command line that serves a supergraph file on a port. */
  readonly command: (supergraphFile: string, port: number) => readonly string[]
  readonly directory?: string
  readonly environment?: Readonly<Record<string, string>>
}

export interface RunningGateway {
  readonly kind: GatewayKind
  readonly url: string
  readonly pid: number
  readonly stop: () => Promise<void>
}

const repository = new URL('../../..', import.meta.url).pathname

function own(name: string, engine: string, share: string): GatewayKind {
  return {
    name,
    directory: repository,
    command: (file, port) => [
      '--import',
      'tsx',
      join(repository, 'router/src/engine/standalone/main.ts'),
      ...['--supergraph', file, '--port', String(port), '--engine', engine, '--share', share],
    ],
  }
}

export const ownGateways: readonly GatewayKind[] = [
  own('stock', 'stock', 'none'),
  own('compiled, nothing shared', 'compiled', 'none'),
  own('compiled, calls shared', 'compiled', 'calls'),
  own('compiled, requests shared', 'compiled', 'requests'),
]

const hivePackage = {
  private: true,
  type: 'module',
  dependencies: {
    '@graphql-hive/gateway': '2.15.1',
    '@graphql-hive/router-runtime': '*',
    graphql: '16.15.0',
  },
  // The release depends on versions of these that the registry does not always have.
  overrides: { '@graphql-tools/batch-execute': '10.2.0' },
}

/** Installs Hive Gateway into a separate folder; undefined when that is not possible. */
export function installHive(folder: string): readonly GatewayKind[] {
  mkdirSync(folder, { recursive: true })
  if (!existsSync(join(folder, 'node_modules/@graphql-hive/gateway'))) {
    writeFileSync(join(folder, 'package.json'), JSON.stringify(hivePackage, null, 2))
    const flags = ['install', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error']
    execFileSync('npm', flags, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
  }
  const program = join(folder, 'node_modules/@graphql-hive/gateway/dist/bin.js')
  const configured = (name: string, file: string, lines: readonly string[]): GatewayKind => {
    writeFileSync(join(folder, file), lines.join('\n'))
    return {
      name,
      directory: folder,
      command: (supergraph, port) => [
        program,
        'supergraph',
        supergraph,
        ...['--port', String(port), '--host', '127.0.0.1', '--config-path', file],
      ],
    }
  }
  const common = [
    'pollingInterval: 0,',
    'logging: false,',
    'landingPage: false,',
    'graphiql: false,',
  ]
  return [
    configured('hive', 'plain.config.js', ['export const gatewayConfig = {', ...common, '}']),
    configured('hive with router runtime', 'runtime.config.js', [
      "import { unifiedGraphHandler } from '@graphql-hive/router-runtime'",
      'export const gatewayConfig = {',
      ...common,
      'unifiedGraphHandler,',
      '}',
    ]),
  ]
}

const processFlags = ['--max-semi-space-size=64']

/** Starts a gateway, pinned to the given core where the system supports that. */
export async function startGateway(
  kind: GatewayKind,
  supergraphFile: string,
  core: number | undefined,
): Promise<RunningGateway> {
  const port = await freePort()
  const node = [process.execPath, ...processFlags, ...kind.command(supergraphFile, port)]
  const line = core === undefined ? node : ['taskset', '-c', String(core), ...node]
  const [program = '', ...args] = line
  const child = spawn(program, args, {
    cwd: kind.directory,
    env: { ...process.env, ...kind.environment, NODE_ENV: 'production' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const url = `http://127.0.0.1:${port}/graphql`
  await waitUntilServing(child, url)
  return {
    kind,
    url,
    pid: child.pid ?? 0,
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve())
        child.kill('SIGKILL')
      }),
  }
}

async function waitUntilServing(child: ChildProcess, url: string): Promise<void> {
  let complaint = ''
  child.stderr?.on(
    'data',
    (chunk: Buffer) => (complaint = `${complaint}${String(chunk)}`.slice(-2000)),
  )
  for (let attempt = 0; attempt < 300; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`The gateway exited at once: ${complaint}`)
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"query":"{ __typename }"}',
      })
      if (answer.ok) return
    } catch {
      // The gateway is not listening yet.
    }
    await setTimeout(200)
  }
  child.kill('SIGKILL')
  throw new Error(`The gateway does not serve: ${complaint}`)
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}
