import { randomBytes } from 'node:crypto'
import { pathToFileURL } from 'node:url'
import { verifyCall, rememberNonces, signCall } from '@cnop/kit/identity'
import { verifyToken } from '@cnop/router/auth/token'
import { signAccessTokens } from '@cnop/user/tokens/access-token'
import { exportPublicKey, generateSigningKey } from '@cnop/user/tokens/signing-keys'
import { createLocalJWKSet, type JWK } from 'jose'
import { Agent, request } from 'undici'
import { percentile, print, readCommit } from '../report.ts'
import type { Trader } from '../world/trader.ts'
import { startWorld, type World } from '../world/world.ts'
import { bench } from './bench.ts'

/**
 * `npm run bench:auth`: CPU of verifying a token and of a signed internal call, sign-ins per second, and the difference
 * in time between an unknown user and a wrong password.
 */
const rules = { issuer: 'cnop', audience: 'cnop-api' }
const raisedLimits = { RATE_LIMIT_PER_MINUTE: '1000000' }
/** Failed sign-ins per account and address, one below the count that delays the next one. */
const triesEach = 4
const largestGapPercent = 5

/** CPU time of one call, in milliseconds, after a warm-up. */
async function cpuMsOf(count: number, run: () => unknown): Promise<number> {
  for (let index = 0; index < count / 4; index++) await run()
  const before = process.cpuUsage()
  for (let index = 0; index < count; index++) await run()
  const { user, system } = process.cpuUsage(before)
  return Math.round(((user + system) / count) * 10) / 10_000
}

async function measureVerify(calls: number): Promise<number> {
  const key = generateSigningKey()
  const keys = createLocalJWKSet({ keys: [exportPublicKey(key) as JWK] })
  const nowMs = Date.now()
  const claims = { username: 'bench_user', role: 'CUSTOMER', sessionId: 'ses' } as const
  const times = { issuedAtMs: nowMs, lifetimeSeconds: 600 }
  const token = await signAccessTokens({ key, ...rules })({ ...claims, ...times })
  return cpuMsOf(calls, async () => {
    const verified = await verifyToken(token, keys, rules, nowMs)
    if ('refused' in verified) throw new Error(verified.refused)
  })
}

/** Signing at the router plus verifying at the subgraph. */
function measureSignature(calls: number): Promise<number> {
  const key = { id: 'bench', secret: randomBytes(32).toString('base64url') }
  const actor = { username: 'bench_user', role: 'customer', sessionId: 'ses' } as const
  const identity = { requestId: 'req-bench', actor, clientIp: '127.0.0.1', userAgent: 'bench' }
  const body = JSON.stringify({ query: `{ me { username ${'x'.repeat(500)} } }` })
  const isFresh = rememberNonces()
  return cpuMsOf(calls, () => {
    const nowMs = Date.now()
    const headers = signCall(key, { subgraph: 'user', body, identity }, nowMs)
    verifyCall([key], { subgraph: 'user', body, headers }, nowMs, isFresh)
  })
}

const query = 'mutation SignIn($input: SignInInput!) { signIn(input: $input) { username } }'

/** Signs in from a separate loopback address, so that the platform sees a distinct client. */
async function signInFrom(
  { origin }: World,
  agent: Agent,
  input: { username: string; password: string },
): Promise<{ code: string | undefined; ms: number }> {
  const startedAt = performance.now()
  const { body } = await request(`${origin}/graphql`, {
    method: 'POST',
    dispatcher: agent,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { input } }),
  })
  const { errors } = (await body.json()) as { errors?: { extensions: { code: string } }[] }
  return { code: errors?.[0]?.extensions.code, ms: performance.now() - startedAt }
}

const agentOf = (index: number): Agent =>
  new Agent({ localAddress: `127.0.${1 + (index >> 7)}.${1 + (index & 127)}` })

async function measureSignIns(
  world: World,
  traders: readonly Trader[],
  count: number,
): Promise<number> {
  const agents = traders.map((_, index) => agentOf(index))
  const startedAt = performance.now()
  let next = 0
  const work = async (): Promise<void> => {
    while (next < count) {
      const index = next++ % traders.length
      const { username, password } = traders[index]!
      const { code } = await signInFrom(world, agents[index]!, { username, password })
      if (code !== undefined) throw new Error(`A sign-in was refused: ${code}`)
    }
  }
  await Promise.all(Array.from({ length: 4 }, work))
  const seconds = (performance.now() - startedAt) / 1_000
  await Promise.all(agents.map((agent) => agent.close()))
  return Math.round((count / seconds) * 10) / 10
}

/** Difference between the median times of an unknown user and of a wrong password, in percent. */
async function measureGap(world: World, traders: readonly Trader[]): Promise<number> {
  const times: { unknown: number[]; wrong: number[] } = { unknown: [], wrong: [] }
  const password = 'Wrong-Horse-2026'
  for (const [index, { username }] of traders.entries()) {
    const agents = [agentOf(1_000 + index * 2), agentOf(1_001 + index * 2)] as const
    for (let attempt = 0; attempt < triesEach; attempt++) {
      const unknown = `nobody_${randomBytes(6).toString('hex')}`
      const tries = [
        ['unknown', agents[0], unknown],
        ['wrong', agents[1], username],
      ] as const
      for (const [kind, agent, name] of attempt % 2 === 0 ? tries : tries.toReversed()) {
        const { code, ms } = await signInFrom(world, agent, { username: name, password })
        if (code !== 'INVALID_CREDENTIALS') throw new Error(`${kind}: ${String(code)}`)
        // The first request opens the connection.
        if (attempt > 0) times[kind].push(ms)
      }
    }
    await Promise.all(agents.map((agent) => agent.close()))
  }
  const [unknown, wrong] = [percentile(times.unknown, 0.5), percentile(times.wrong, 0.5)]
  return Math.round((Math.abs(unknown - wrong) / Math.min(unknown, wrong)) * 1_000) / 10
}

export interface AuthOptions {
  readonly accounts: number
  readonly signIns: number
  /** Calls for each of the two CPU figures. */
  readonly calls: number
  readonly print: (line: string) => void
}

export async function measureAuth({ accounts, signIns, calls, print }: AuthOptions) {
  const verifyCpuMs = await measureVerify(calls)
  const signatureCpuMs = await measureSignature(calls * 5)
  const world = await startWorld(raisedLimits)
  print(`limits raised: ${JSON.stringify(raisedLimits)}; each client has a separate address`)
  try {
    const traders: Trader[] = []
    for (let index = 0; index < accounts; index++) traders.push(await world.trader())
    const signInsPerSecond = await measureSignIns(world, traders, signIns)
    const timingGapPercent = await measureGap(world, traders)
    return { verifyCpuMs, signatureCpuMs, signInsPerSecond, timingGapPercent }
  } finally {
    await world.stop()
  }
}

async function main(): Promise<void> {
  await bench(async () => {
    const figures = await measureAuth({ accounts: 25, signIns: 120, calls: 4_000, print })
    if (figures.timingGapPercent >= largestGapPercent) process.exitCode = 1
    return { ...figures, seed: null, commit: readCommit() }
  })
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main()
