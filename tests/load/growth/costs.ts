import { setTimeout as delay } from 'node:timers/promises'
import {
  type Calls,
  type Cost,
  costBy,
  cpuOf,
  type MeasuredMix,
  type OperationCosts,
  type OperationName,
  operationNames,
} from '../../../ops/capacity/costs.ts'
import { rareAsset } from '../../world/journal.ts'
import { type Person, signInDocument } from '../../world/people.ts'
import { newKey } from '../../world/world.ts'
import { type Meters, perSecond } from './meters.ts'
import { median } from './processes.ts'

interface Operation {
  /** Calls of one sample: enough that the kernel's unit of CPU time does not matter. */
  readonly calls: number
  readonly document: string
  readonly variables?: (person: Person) => Record<string, unknown>
}

const ofPortfolio = (selection: string): string => `{ me { portfolio { ${selection} } } }`
const history = (range: string): string => ofPortfolio(`history(range: ${range}) { total }`)
const activity = (parameters: string): string =>
  ofPortfolio(`activity(${parameters}) { nodes { id kind cashChange } }`)

const operations: Readonly<Record<OperationName, Operation>> = {
  historyYear: { calls: 5, document: history('YEAR') },
  historyMonth: { calls: 5, document: history('MONTH') },
  rareFilter: {
    calls: 25,
    document: activity(`first: 20, kinds: [BUY], assetId: "${rareAsset}"`),
  },
  firstPage: { calls: 25, document: activity('first: 20') },
  order: {
    calls: 20,
    document: 'mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id } } }',
    variables: () => ({
      input: { key: newKey(), side: 'BUY', type: 'MARKET', assetId: 'DOGE', quantity: '20' },
    }),
  },
  panel: {
    calls: 25,
    document: ofPortfolio(
      'cash { available } totalValue holdings { assetId quantity marketValue }',
    ),
  },
  // The sessions of a user are limited, so these are few.
  signIn: { calls: 5, document: signInDocument, variables: ({ secrets }) => ({ input: secrets }) },
}

async function call(person: Person, name: OperationName, meters?: Meters): Promise<void> {
  const { document, variables } = operations[name]
  const { codes, data } = await person.ask(document, variables?.(person))
  if (codes.length > 0) throw new Error(`An operation failed: ${name}: ${codes.join(', ')}`)
  meters?.sent(JSON.stringify(data).length)
}

export interface Effort {
  readonly samples: number
  /** The share of the usual calls of a sample. */
  readonly share: number
  /** How long the platform is watched without calls, to subtract what it does by itself. */
  readonly restSeconds: number
}

export interface Costs {
  readonly rest: Cost
  /** The cost of one call for each user, in their order. */
  readonly users: readonly OperationCosts[]
}

/** What a number of calls has used, less what the platform uses by itself. */
async function meter(meters: Meters, rest: Cost, work: () => Promise<unknown>): Promise<Cost> {
  const [startedAt, before] = [performance.now(), await meters.read()]
  await work()
  const [seconds, after] = [(performance.now() - startedAt) / 1_000, await meters.read()]
  return costBy((name) => Math.max(0, after[name] - before[name] - rest[name] * seconds))
}

/** The sample with the median CPU time. */
function medianOf(samples: readonly Cost[]): Cost {
  const middle = median(samples.map(cpuOf))
  const found = samples.find((sample) => cpuOf(sample) === middle)
  if (!found) throw new Error('Nothing was measured.')
  return found
}

/**
 * The cost of each operation for each user, in all processes and the store. The users take turns, so that whatever
 * changes during the run changes for all of them.
 */
export async function measureCosts(
  meters: Meters,
  people: readonly Person[],
  { samples, share, restSeconds }: Effort,
): Promise<Costs> {
  const callsOf = (name: OperationName): number => Math.ceil(operations[name].calls * share)
  const repeat = async (person: Person, name: OperationName): Promise<void> => {
    for (let place = 0; place < callsOf(name); place += 1) await call(person, name, meters)
  }
  for (const name of operationNames) for (const person of people) await repeat(person, name)
  const rest = await perSecond(meters, () => delay(restSeconds * 1_000))
  const users = people.map(() => ({}) as Record<OperationName, Cost>)
  for (const name of operationNames) {
    const found = people.map((): Cost[] => [])
    for (let sample = 0; sample < samples; sample += 1) {
      for (const [place, person] of people.entries()) {
        const used = await meter(meters, rest, () => repeat(person, name))
        found[place]?.push(costBy((resource) => used[resource] / callsOf(name)))
      }
    }
    for (const [place, each] of found.entries()) users[place]![name] = medianOf(each)
  }
  return { rest, users }
}

const usualMix = { panel: 40, firstPage: 20, order: 20, historyMonth: 5 }

/** A mix of operations of all users at once, less what the platform uses by itself. */
export async function measureMix(
  meters: Meters,
  people: readonly Person[],
  { rest }: Pick<Costs, 'rest'>,
  { share }: Pick<Effort, 'share'>,
): Promise<MeasuredMix> {
  const mix = Object.entries(usualMix).map(
    ([name, calls]) => [name as OperationName, Math.ceil(calls * share)] as const,
  )
  const act = async (person: Person): Promise<void> => {
    for (const [name, calls] of mix) {
      for (let place = 0; place < calls; place += 1) await call(person, name, meters)
    }
  }
  const cost = await meter(meters, rest, () => Promise.all(people.map(act)))
  const calls = mix.map(([name, each]) => [name, each * people.length])
  return { calls: Object.fromEntries(calls) as Calls, cost }
}
