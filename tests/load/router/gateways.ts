/** The compared gateways, each in a separate process with the same flags. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { freeLoopbackPort } from '@cnop/kit/child'

/** What a gateway serves. Some take the supergraph, others the subgraphs. */
export interface GraphFiles {
  readonly supergraph: string
  readonly folder: string
  readonly subgraphs: ReadonlyMap<string, { readonly sdl: string; readonly url: string }>
}

export interface GatewayKind {
  readonly name: string
  /** The program and its arguments that serve a graph on a port. */
  readonly command: (files: GraphFiles, port: number) => readonly string[]
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

export const node = [process.execPath, '--max-semi-space-size=64'] as const

let program: readonly string[] = [
  ...['--import', 'tsx'],
  join(repository, 'router/src/engine/standalone/main.ts'),
]

/**
 * From now on our engine runs as it is shipped. The loader of TypeScript would burden it: it gives each function its name
 * again whenever it is made.
 */
export function runPackage(directory: string): void {
  const runNpm = (cwd: string, ...args: readonly string[]) =>
    execFileSync('npm', args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] })
  runNpm(repository, 'run', '--silent', 'engine:pack', '--', directory)
  runNpm(directory, 'install', '--omit=dev', '--no-audit', '--no-fund', '--no-package-lock')
  program = [join(directory, 'main.js')]
}

/** The command line of this repository's engine. */
export const standalone = (
  { supergraph }: GraphFiles,
  port: number,
  ...parameters: readonly string[]
): readonly string[] => [
  ...node,
  ...program,
  ...['--supergraph', supergraph, '--port', String(port), ...parameters],
]

function own(name: string, engine: string, share: string): GatewayKind {
  return {
    name,
    directory: repository,
    command: (files, port) => standalone(files, port, '--engine', engine, '--share', share),
  }
}

export const ownGateways: readonly GatewayKind[] = [
  own('stock', 'stock', 'none'),
  own('compiled, nothing shared', 'compiled', 'none'),
  own('compiled, calls shared', 'compiled', 'calls'),
  own('compiled, requests shared', 'compiled', 'requests'),
]

/** Starts a gateway, pinned to the given core where the system supports that. */
export async function startGateway(
  kind: GatewayKind,
  files: GraphFiles,
  core: number | undefined,
): Promise<RunningGateway> {
  const port = await freeLoopbackPort()
  const command = kind.command(files, port)
  const line = core === undefined ? command : ['taskset', '-c', String(core), ...command]
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
