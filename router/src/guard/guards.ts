import type { Server } from 'node:http'
import type { Clock } from '@cnop/kit/clock'
import type { Profile } from '@cnop/kit/config'
import type { Log } from '@cnop/kit/log'
import type { RedisConnection } from '@cnop/kit/redis'
import { streamSdl, supergraph } from '@cnop/schema/read'
import type { RequestHandler } from 'express'
import type { Registry } from 'prom-client'
import type { OperationGuard } from '../operations/operation-stages.ts'
import { openBudget, type Spend, refuseUntil } from './budget.ts'
import { headersOfProfile } from '../edge/connections.ts'
import { answerBrokenRequests, countBroken, countRequests } from './count-request.ts'
import { dayMs, minuteMs, openUseCounts } from './field-limit-store.ts'
import type { GuardConfig } from './guard-config.ts'
import { guardCost } from './guard-cost.ts'
import { type FieldWindow, guardFields } from './guard-fields.ts'
import { countUnseen, guardSignIn } from './guard-sign-in.ts'
import { guardSignUp } from './guard-sign-up.ts'
import { createInspectDocument, type InspectDocument } from './inspect-document.ts'
import type { IpBlocks } from './ip-block.ts'
import { openIpBlocks } from './ip-block-redis.ts'
import { readLimitRules } from './limit-rules.ts'
import { rememberPrograms, type ReadProgram } from './programs.ts'
import { shareCounts } from '@cnop/kit/shared-counts'
import { noteLimit } from '../audit/note-event.ts'

/** All limits, by the stage of the pipeline that applies them. */
export interface Guards {
  readonly countRequest: RequestHandler
  /** Counts and answers malformed HTTP; returns the server. */
  readonly watch: (server: Server) => Server
  readonly inspect: InspectDocument
  /** After the access rules, in this order. */
  readonly operations: readonly OperationGuard[]
  readonly blocks: IpBlocks
  /** A further budget of an endpoint, per key and minute. */
  readonly openBudget: (name: string, limit: number) => Spend
}

interface GuardParts {
  readonly config: { readonly profile: Profile; readonly guard: GuardConfig }
  readonly redis: Pick<RedisConnection, 'client'> | undefined
  readonly now: Clock
  readonly log: Log
  readonly registry: Registry
}

export function openGuards(parts: GuardParts): Guards {
  const { now, log } = parts
  const { guard: config, profile } = parts.config
  const shared = shareCounts(parts.redis)
  const spendRequest = openBudget({ name: 'rate_limit', limit: config.requestsPerMinute }, shared)
  const spendCost = openBudget({ name: 'cost', limit: config.cost.perMinute }, shared)
  const spendTaken = openBudget({ name: 'taken_name', limit: config.takenNamesPerMinute }, shared)
  const services = new Map(
    [...config.servicesPerMinute].map(([name, limit]) => [
      name,
      openBudget({ name: `service:${name}`, limit }, shared),
    ]),
  )
  const readProgram = rememberPrograms(
    readLimitRules(`${supergraph()}\n${streamSdl()}`),
    config.pages,
  )
  const blocks = openIpBlocks(shared, config.blocks, now)
  const fieldWindows: readonly FieldWindow[] = [
    {
      length: 'minute',
      counts: openUseCounts(shared, now, minuteMs),
      limits: config.fieldsPerMinute,
    },
    { length: 'day', counts: openUseCounts(shared, now, dayMs), limits: config.fieldsPerDay },
  ]
  const brokenParts = { spend: spendRequest, now, log, count: countBroken(parts.registry) }
  const cost = { ...config.cost, isShown: profile === 'demo' }
  return {
    countRequest: countRequests(spendRequest, now),
    watch: (server) => {
      answerBrokenRequests(server, headersOfProfile(profile), brokenParts)
      return server
    },
    inspect: createInspectDocument(config, (context, signIns) =>
      countUnseen(blocks, context, signIns),
    ),
    operations: [
      guardSignIn(blocks, readProgram),
      guardSignUp(spendTaken, readProgram),
      guardCost(cost, spendCost, readProgram, now),
      guardServices(services, readProgram),
      guardFields(fieldWindows, readProgram),
    ],
    blocks,
    openBudget: (name, limit) => openBudget({ name, limit }, shared),
  }
}

/** Counts an operation once per subgraph that it reads, per client address, before any call. */
function guardServices(
  budgets: ReadonlyMap<string, Spend>,
  readProgram: ReadProgram,
): OperationGuard {
  return async (operation) => {
    const { context } = operation
    const { services } = readProgram(operation)
    const spendings = await Promise.all(
      [...services].map(async (service) => ({
        service,
        spending: await budgets.get(service)?.(context.clientIp, 1),
      })),
    )
    for (const { service, spending } of spendings) {
      if (spending?.isWithin === false) {
        noteLimit(context, `service:${service}`)
        const message = `The budget of the ${service} service for this minute is spent.`
        throw refuseUntil('RATE_LIMITED', spending.msLeft, message)
      }
    }
    return undefined
  }
}
