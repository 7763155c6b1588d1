import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { loadCnyConfig } from '@cnop/cny/config'
import { cnyTables } from '@cnop/cny/tables'
import { loadInsightsConfig } from '@cnop/insights/config'
import { insightsTables } from '@cnop/insights/tables'
import { loadInventoryConfig } from '@cnop/inventory/config'
import { inventoryTables } from '@cnop/inventory/tables'
import {
  describe as describeTable,
  type TableDefinition,
  timeToLiveAttribute,
} from '@cnop/kit/tables'
import { loadOrderConfig } from '@cnop/order/config'
import { orderTables } from '@cnop/order/tables'
import { type SubgraphName, subgraphNames } from '@cnop/schema/read'
import { loadUserConfig } from '@cnop/user/config'
import { userTables } from '@cnop/user/tables'
import { readManifests } from './manifests.ts'

const root = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')

interface Terraform {
  readonly locals: readonly [
    {
      readonly tables: Readonly<Record<string, { time_to_live: boolean; indexes: object }>>
      readonly services: Readonly<Record<string, { writes: string[]; reads: string[] }>>
      readonly read_actions: readonly string[]
      readonly write_actions: readonly string[]
      readonly ledger_actions: readonly string[]
    },
  ]
  readonly resource: Readonly<Record<string, Readonly<Record<string, readonly [unknown]>>>>
}

/** The package's own types are `any`, so the compiler must not resolve it. */
const parser: string = '@cdktf/hcl2json'
const parseFile = async (name: string): Promise<Terraform> => {
  const { parse } = (await import(parser)) as {
    parse: (name: string, text: string) => Promise<Terraform>
  }
  return parse(name, read(`ops/terraform/${name}`))
}

let tables: Terraform
let iam: Terraform
let redis: Terraform
beforeAll(async () => {
  tables = await parseFile('tables.tf')
  iam = await parseFile('iam.tf')
  redis = await parseFile('redis.tf')
})

const env = Object.fromEntries(
  subgraphNames.map((name) => [`${name.toUpperCase()}_SEAL_KEYS`, `a:${'k'.repeat(32)}`]),
)
const definitions: Readonly<Record<SubgraphName, readonly TableDefinition[]>> = {
  user: userTables(loadUserConfig(env)),
  order: orderTables(loadOrderConfig(env)),
  inventory: inventoryTables(loadInventoryConfig(env)),
  insights: insightsTables(loadInsightsConfig(env)),
  cny: cnyTables(loadCnyConfig(env)),
}

describe('the tables', () => {
  it('are those of the code, with their indexes and times to live', () => {
    const wanted = Object.values(definitions)
      .flat()
      .map(({ name, indexes, hasTimeToLive }) => [
        name,
        {
          time_to_live: hasTimeToLive,
          indexes: Object.fromEntries(
            indexes.map((index) => [index.name, index.projection === 'all' ? 'ALL' : 'KEYS_ONLY']),
          ),
        },
      ])
    expect(tables.locals[0].tables).toEqual(Object.fromEntries(wanted))
  })

  it('have the keys of the code, are protected from deletion, and are encrypted', () => {
    const [table] = tables.resource['aws_dynamodb_table']!['this']!
    const index = describeTable(definitions.order[0]!).GlobalSecondaryIndexes![0]!
    const keys = index.KeySchema!.map(({ AttributeName }) =>
      AttributeName!.replace(index.IndexName!, '${global_secondary_index.key}'),
    )
    expect(table).toMatchObject({
      for_each: '${local.tables}',
      billing_mode: describeTable(definitions.order[0]!).BillingMode,
      deletion_protection_enabled: true,
      hash_key: 'pk',
      range_key: 'sk',
      point_in_time_recovery: [{ enabled: true }],
      server_side_encryption: [{ enabled: true }],
      dynamic: {
        global_secondary_index: [{ content: [{ hash_key: keys[0], range_key: keys[1] }] }],
        ttl: [{ for_each: `\${each.value.time_to_live ? ["${timeToLiveAttribute}"] : []}` }],
      },
    })
  })
})

it('has a Redis that requires a password over TLS', () => {
  expect(redis.resource['aws_elasticache_replication_group']!['redis']![0]).toMatchObject({
    port: 6379,
    auth_token: '${var.redis_password}',
    transit_encryption_enabled: true,
    at_rest_encryption_enabled: true,
  })
})

const libraries = ['kit', 'ledger', 'outbox', 'quotes', ...subgraphNames]
const packageFolder = (name: string): string =>
  libraries.includes(name) ? `subgraphs/${name}` : name
const imported = /^(?:import|export) (?!type )[^;']*?from '([^']+)'|^import '([^']+)'/gm

function resolve(from: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return join(dirname(from), specifier)
  const [, name, entry] = /^@cnop\/(\w+)\/(.+)$/.exec(specifier) ?? []
  if (name === undefined) return undefined
  const { exports } = JSON.parse(read(`${packageFolder(name)}/package.json`)) as {
    exports: Record<string, string>
  }
  return join(packageFolder(name), exports[`./${entry}`]!)
}

/** The files that a service loads, by their imports. */
function filesOf(service: SubgraphName): string[] {
  const found = new Set<string>()
  const open = [`subgraphs/${service}/src/main.ts`]
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (found.has(path) || !path.endsWith('.ts')) continue
    found.add(path)
    for (const [, from, plain] of read(path).matchAll(imported)) {
      const next = resolve(path, (from ?? plain)!)
      if (next !== undefined) open.push(next)
    }
  }
  return [...found]
}

/** AWS deletes expired rows, and Terraform creates the tables. */
const embeddedOnly = new Set(['subgraphs/kit/src/sweeper.ts'])
const tableCommands = new Set(['CreateTable', 'UpdateTable', 'UpdateTimeToLive'])
const parts = ['PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem']
const permissions: Readonly<Record<string, readonly string[]>> = {
  Get: ['GetItem'],
  BatchGet: ['BatchGetItem'],
  Put: ['PutItem'],
  Update: ['UpdateItem'],
  Delete: ['DeleteItem'],
  BatchWrite: ['BatchWriteItem'],
  TransactWrite: parts,
}

const needsOf = (files: readonly string[]): string[] => {
  const commands = files
    .filter((path) => !embeddedOnly.has(path))
    .flatMap((path) => [...read(path).matchAll(/new (\w+)Command\(/g)].map(([, name]) => name!))
    .filter((name) => !tableCommands.has(name))
  const actions = commands.flatMap((name) => permissions[name] ?? [name])
  return [...new Set(actions.map((action) => `dynamodb:${action}`))].sort()
}

/** Every function of the library that changes prices. */
const priceWriters = /\b(?:writeSnapshot|saveFeed|storeCandles)\b/

describe('the roles', () => {
  it.each(subgraphNames)('allow %s its own tables and no others', (name) => {
    const { writes, reads } = iam.locals[0].services[name]!
    expect([...writes, ...reads].sort()).toEqual(
      definitions[name].map((table) => table.name).sort(),
    )
  })

  it.each(subgraphNames.filter((name) => name !== 'insights'))(
    'permit exactly what the code of %s can call',
    (name) => {
      const { services, read_actions, write_actions, ledger_actions } = iam.locals[0]
      const ledger = services[name]!.writes.includes('ledger') ? ledger_actions : []
      expect([...read_actions, ...write_actions, ...ledger].sort()).toEqual(needsOf(filesOf(name)))
    },
  )

  it('allow only inventory to change prices', () => {
    const { services } = iam.locals[0]
    const library = readdirSync(new URL('subgraphs/quotes/src/', root))
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .filter((file) =>
        /await transact\(|new (?:Put|Update|Delete|BatchWrite)Command/.test(
          read(`subgraphs/quotes/src/${file}`),
        ),
      )
    expect(library.sort()).toEqual(['candle-rows.ts', 'feed-row.ts', 'snapshot.ts'])
    for (const name of subgraphNames) {
      const calling = filesOf(name).filter(
        (path) => !library.includes(path.split('/').at(-1)!) && priceWriters.test(read(path)),
      )
      expect([name, calling.length > 0]).toEqual([name, services[name]!.writes.includes('quotes')])
    }
  })

  it('are assumed by the service accounts of the cluster', () => {
    const accounts = readManifests()
      .filter(({ kind }) => kind === 'ServiceAccount')
      .map(({ metadata }) => metadata.name)
    expect(accounts.sort()).toEqual(Object.keys(iam.locals[0].services).sort())
    expect(read('ops/terraform/iam.tf')).toContain('system:serviceaccount:cnop:${each.key}')
  })
})
