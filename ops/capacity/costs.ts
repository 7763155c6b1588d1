import type { SubgraphName } from '@cnop/schema/read'

export type ProcessName = SubgraphName | 'router'

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
}

const resources: readonly Resource[] = [
  ...(['router', 'user', 'order', 'inventory', 'insights', 'cny'] as const),
  ...(['store', 'readUnits', 'writeUnits', 'redisCommands', 'bytes'] as const),
]

/** A cost whose parts are computed one by one. */
export const costBy = (read: (resource: Resource) => number): Cost =>
  Object.fromEntries(resources.map((name) => [name, read(name)])) as unknown as Cost

/** The cost of so many calls of each operation: the model assumes that they do not influence each other. */
export const costOfMix = (
  costs: OperationCosts,
  calls: Readonly<Partial<Record<OperationName, number>>>,
): Cost =>
  costBy((resource) =>
    operationNames.reduce((sum, name) => sum + (calls[name] ?? 0) * costs[name][resource], 0),
  )

/** CPU of the platform's own processes and the store, in milliseconds. */
export const cpuOf = (cost: Cost): number =>
  cost.router + cost.user + cost.order + cost.inventory + cost.insights + cost.cny + cost.store
