import { type SubgraphName, subgraphNames } from '@cnop/schema/read'

export type ProcessName = SubgraphName | 'router'
export const processNames: readonly ProcessName[] = ['router', ...subgraphNames]

/** What work needs: CPU milliseconds by process and of the embedded store, units of DynamoDB, Redis commands, bytes sent. */
export type Resource =
  ProcessName | 'store' | 'readUnits' | 'writeUnits' | 'redisCommands' | 'bytes'

export type Cost = Readonly<Record<Resource, number>>

export const operationNames = [
  'historyYear',
  'historyMonth',
  'rareFilter',
  'firstPage',
  'order',
  'panel',
  'signIn',
] as const
export type OperationName = (typeof operationNames)[number]

export type OperationCosts = Readonly<Record<OperationName, Cost>>

/** How often each operation is called. */
export type Calls = Readonly<Partial<Record<OperationName, number>>>

/** Calls of several operations by several users at a time, and what they cost together. */
export interface MeasuredMix {
  readonly calls: Calls
  readonly cost: Cost
}

/** The figures of one run of `npm run bench:growth -- --record`. */
export interface MeasuredCosts {
  readonly date: string
  readonly commit: string
  /** The cost of one call of each operation. */
  readonly operations: OperationCosts
  /** The cost of one stream of ten prices for a second. */
  readonly stream: Cost
  /** What the platform uses in a second without any request. */
  readonly rest: Cost
  /** Measured apart from the operations, so that the model can be compared with it. */
  readonly mix: MeasuredMix
}

const resources: readonly Resource[] = [
  ...processNames,
  ...(['store', 'readUnits', 'writeUnits', 'redisCommands', 'bytes'] as const),
]

/** A cost whose parts are computed one by one. */
export const costBy = (read: (resource: Resource) => number): Cost =>
  Object.fromEntries(resources.map((name) => [name, read(name)])) as unknown as Cost

/** The cost of so many calls of each operation: the model assumes that they do not influence each other. */
export const costOfMix = (costs: OperationCosts, calls: Calls): Cost =>
  costBy((resource) =>
    operationNames.reduce((sum, name) => sum + (calls[name] ?? 0) * costs[name][resource], 0),
  )

/** CPU of the platform's own processes and the store, in milliseconds. */
export const cpuOf = (cost: Cost): number =>
  cost.router + cost.user + cost.order + cost.inventory + cost.insights + cost.cny + cost.store

/** What a mix has cost, as multiples of what the model says. */
export interface ModelRatios {
  readonly modelCpuRatio: number
  readonly modelReadUnitsRatio: number
  readonly modelWriteUnitsRatio: number
  readonly modelRedisCommandsRatio: number
}

export function compareWithModel(costs: OperationCosts, { calls, cost }: MeasuredMix): ModelRatios {
  const predicted = costOfMix(costs, calls)
  const ratioOf = (read: (of: Cost) => number): number =>
    Math.round((100 * read(cost)) / read(predicted)) / 100
  return {
    modelCpuRatio: ratioOf(cpuOf),
    modelReadUnitsRatio: ratioOf(({ readUnits }) => readUnits),
    modelWriteUnitsRatio: ratioOf(({ writeUnits }) => writeUnits),
    modelRedisCommandsRatio: ratioOf(({ redisCommands }) => redisCommands),
  }
}
