import { loadavg } from 'node:os'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { createServiceMetrics } from '@cnop/kit/metrics'
import { systemClock } from '@cnop/kit/clock'
import { createLog } from '@cnop/kit/log'
import { openRedis } from '@cnop/kit/redis'
import { startRedisProcess } from '@cnop/kit/redis-process'
import { loadRouterConfig } from '@cnop/router/config'
import type { RequestContext } from '@cnop/router/edge/request-context'
import { findClientIp, readProxies } from '@cnop/router/guard/client-ip'
import { type Guards, openGuards } from '@cnop/router/guard/guards'
import { readLimitRules } from '@cnop/router/guard/limit-rules'
import type { OperationResult, GuardedOperation } from '@cnop/router/operations/operation-stages'
import { apiSchema, manifest, subgraphNames, supergraph } from '@cnop/schema/read'
import type { Request, Response } from 'express'
import { buildSchema, getOperationAST, parse } from 'graphql'
import { print, readCommit, readNumber } from '../report.ts'
import { bench } from './bench.ts'

const schema = buildSchema(apiSchema())
const log = createLog('edge', { level: 'silent', filePath: undefined })
// No request may be refused: a refusal costs less than what is measured. The names come from the contract, so that a
// new budget is raised here as well.
const unlimited = 100_000_000
const raised = (names: Iterable<string>): string =>
  [...names].map((name) => `${name}=${unlimited}`).join(',')
const budgets = [...readLimitRules(supergraph()).fieldLimits.values()]
  .flat()
  .map(({ budget }) => budget)
const env = {
  RATE_LIMIT_PER_MINUTE: String(unlimited),
  COST_PER_MINUTE: '100000000000',
  SERVICE_RATE_LIMITS: raised(subgraphNames),
  FIELD_RATE_LIMITS: raised(new Set(budgets)),
}
const config = loadRouterConfig(env)
const findIp = findClientIp(readProxies(['10.0.0.0/8']))

/** The dashboard's operations, parsed as Apollo Server caches them. */
const operations = Object.values(manifest('web')).map((text) => {
  const document = parse(text)
  return { text, document, operation: getOperationAST(document)! }
})

interface Turn {
  readonly text: string
  readonly context: RequestContext
  readonly response: Response
  readonly resolved: GuardedOperation
}

/** The work of every request, with or without guards. */
function makeTurn(index: number): Turn {
  const { text, document, operation } = operations[index % operations.length]!
  const context = {
    requestId: 'edge',
    startedAt: performance.now(),
    deadlineAt: performance.now() + 10_000,
    log,
    clientIp: '',
    actor: { username: `user_${index % 50}`, role: 'customer', sessionId: 's' },
    isDeveloper: false,
    fetches: [],
    limitsHit: [],
    audit: () => undefined,
  } as unknown as RequestContext
  const headers = new Map<string, unknown>()
  const response = {
    locals: { context },
    setHeader: (name: string, value: unknown) => headers.set(name, value),
  } as unknown as Response
  const resolved: GuardedOperation = {
    document,
    definition: operation,
    schema,
    operationName: undefined,
    variables: { first: 20 },
    context,
  }
  return { text, context, response, resolved }
}

async function guard(guards: Guards, { text, context, response, resolved }: Turn): Promise<void> {
  context.clientIp = findIp('10.0.0.1', '198.51.100.7, 203.0.113.9')
  let failure: unknown
  await guards.countRequest({} as Request, response, (error?: unknown) => {
    failure = error
  })
  if (failure !== undefined) throw failure as Error
  await guards.inspect(text, { mayIntrospect: true, context })
  const result: OperationResult = { data: {} }
  for (const check of guards.operations) await (await check(resolved))?.(result)
}

/** CPU time of this process per request, in milliseconds. */
async function measure(guards: Guards | undefined, requests: number): Promise<number> {
  const before = process.cpuUsage()
  for (let index = 0; index < requests; index += 1) {
    const turn = makeTurn(index)
    if (guards) await guard(guards, turn)
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000 / requests
}

const turnCount = 5
const round = (value: number): number => Math.round(value * 10_000) / 10_000

/** The median of several rounds, each measured without and with the guards. */
async function compare(guards: Guards, requests: number): Promise<{ on: number; off: number }> {
  await measure(guards, Math.min(requests, 2_000))
  const turns: { on: number; off: number }[] = []
  for (let turn = 0; turn < turnCount; turn += 1) {
    turns.push({ off: await measure(undefined, requests), on: await measure(guards, requests) })
  }
  turns.sort((a, b) => a.on - a.off - (b.on - b.off))
  return turns[turnCount >> 1]!
}

/** CPU time of the guards per request, with counts in memory and in a real Redis. */
export async function measureEdge(requests: number) {
  const redis = await startRedisProcess()
  const connection = await openRedis(redis.url, log)
  try {
    const parts = { config, now: systemClock, log }
    const alone = await compare(
      openGuards({ ...parts, redis: undefined, registry: createServiceMetrics('guards').registry }),
      requests,
    )
    const overRedis = openGuards({
      ...parts,
      redis: connection,
      registry: createServiceMetrics('guards').registry,
    })
    const shared = await compare(overRedis, Math.ceil(requests / 10))
    return {
      guardCpuMs: round(alone.on - alone.off),
      guardCpuMsRedis: round(shared.on - shared.off),
      onCpuMs: round(alone.on),
      offCpuMs: round(alone.off),
      requests,
    }
  } finally {
    await connection.close()
    await redis.stop()
  }
}

/** `npm run bench:edge [-- --requests 20000]` */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { requests: { type: 'string' } } })
  await bench(async () => {
    print(`limits raised: ${Object.keys(env).join(', ')}`)
    const result = await measureEdge(readNumber('requests', values.requests, 20_000))
    if (result.guardCpuMs >= 0.5) process.exitCode = 1
    return { ...result, load: round(loadavg()[0] ?? 0), seed: null, commit: readCommit() }
  })
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main()
