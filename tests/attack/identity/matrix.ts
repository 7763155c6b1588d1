import { subgraphNames, sdl, type SubgraphName } from '@cnop/schema/read'
import { Kind, type ObjectTypeDefinitionNode, parse } from 'graphql'
import { type Answer, type Client, createClient } from '../../world/client.ts'
import type { Attack } from '../attack.ts'
import { type FieldCase, listFieldCases, listMutations } from './fields.ts'
import { forgeries } from './forge.ts'
import { mutationInputs, samplesFor } from './samples.ts'
import { callSubgraph, signFor } from './signatures.ts'
import { expectThat, type IdentityWorld } from './world.ts'

type World = Pick<IdentityWorld, 'strangers' | 'owner' | 'other' | 'signingKey'>

const recentOrder = '{ me { orders(first: 1) { nodes { id } } } }'

async function orderOf(owner: Client): Promise<string> {
  const { data, errors } = await owner.ask<{ me: { orders: { nodes: { id: string }[] } } }>(
    recentOrder,
  )
  const id = data?.me.orders.nodes[0]?.id
  expectThat(id !== undefined, { errors })
  return id
}

const knownCases = new WeakMap<object, Promise<{ orderId: string; cases: FieldCase[] }>>()

function casesOf({ owner }: World): Promise<{ orderId: string; cases: FieldCase[] }> {
  const known = knownCases.get(owner)
  if (known) return known
  const made = orderOf(owner).then((orderId) => ({
    orderId,
    cases: listFieldCases(samplesFor(orderId)),
  }))
  knownCases.set(owner, made)
  return made
}

/** Every value at a path of a response, through lists. */
function valuesAt(value: unknown, path: readonly string[]): unknown[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, path))
  const [name, ...rest] = path
  if (name === undefined) return [value]
  if (typeof value !== 'object' || value === null || !(name in value)) return []
  return valuesAt((value as Record<string, unknown>)[name], rest)
}

const withoutIndexes = (path: readonly (string | number)[] = []): string =>
  path.filter((part) => typeof part === 'string').join('.')

const isPublic = ({ rule, refusedAt }: FieldCase): boolean => rule === 'PUBLIC' && !refusedAt

/** Whether the result has nulls and errors exactly where an anonymous caller is refused. */
function isRefusedAt(place: readonly string[], { data, errors }: Answer): boolean {
  const isNamed = errors.every(
    (error) =>
      error.extensions.code === 'UNAUTHENTICATED' && withoutIndexes(error.path) === place.join('.'),
  )
  return errors.length > 0 && isNamed && valuesAt(data, place).every((value) => value === null)
}

/** The field alone: a public field is returned; a document of protected fields only is a 401. */
function expectAnonymous(field: FieldCase, answer: Answer): void {
  const { status, codes, data } = answer
  const { name, refusedAt } = field
  const seen = { name, status, codes, data }
  if (!refusedAt) expectThat(isPublic(field) && status === 200 && codes.length === 0, seen)
  else if (refusedAt.length === 1) {
    expectThat(status === 401 && codes.join() === 'UNAUTHENTICATED' && !data, seen)
  } else expectThat(status === 200 && isRefusedAt(refusedAt, answer), seen)
}

/** The field beside a public one: the public field is always returned, the refused one is null with an error. */
function expectMixed({ name, refusedAt }: FieldCase, answer: Answer): void {
  const { status, codes, data } = answer
  const seen = { name, status, codes, data }
  const beside = data?.['beside'] as { feed?: string } | undefined
  expectThat(status === 200 && typeof beside?.feed === 'string', seen)
  expectThat(refusedAt ? isRefusedAt(refusedAt, answer) : codes.length === 0, seen)
}

async function forEachField(
  world: World,
  check: (field: FieldCase, orderId: string) => Promise<void>,
): Promise<void> {
  const { cases, orderId } = await casesOf(world)
  const failures: string[] = []
  for (const field of cases) {
    await check(field, orderId).catch((error: unknown) => {
      failures.push((error as Error).message)
    })
  }
  expectThat(failures.length === 0, `${failures.length} fields: ${failures.slice(0, 3).join(' ')}`)
}

/** An invalid token makes every field a 401, public ones too. */
const refusedEverywhere = (name: string, kind: keyof typeof forgeries): Attack<World> => ({
  name: `matrix: ${name} × every field`,
  run: async (world) => {
    const { owner, signingKey, strangers } = world
    const loot = { accessToken: owner.token, refreshToken: owner.refreshToken, signingKey }
    const client = createClient(strangers[0]!.origin, await forgeries[kind]!(loot))
    const expectRefused = async (field: string, query: string): Promise<void> => {
      const { status, codes, data } = await client.ask(query)
      const isRefused = status === 401 && codes.join() === 'UNAUTHENTICATED' && !data
      expectThat(isRefused, { field, status, codes })
    }
    await forEachField(world, ({ name: field, query }) => expectRefused(field, `{ ${query} }`))
    for (const { name: field, query } of listMutations(mutationInputs)) {
      await expectRefused(field, query)
    }
  },
})

export const matrixAttacks: readonly Attack<World>[] = [
  {
    name: 'matrix: anonymous × every field',
    run: (world) =>
      forEachField(world, async (field) => {
        expectAnonymous(field, await world.strangers[0]!.ask(`{ ${field.query} }`))
      }),
  },
  {
    name: 'matrix: anonymous × every field beside a public one',
    run: (world) =>
      forEachField(world, async (field) => {
        const query = `{ beside: market { feed } ${field.query} }`
        expectMixed(field, await world.strangers[0]!.ask(query))
      }),
  },
  {
    name: 'matrix: anonymous × every mutation',
    run: async ({ strangers }) => {
      for (const { name, rule, query } of listMutations(mutationInputs)) {
        if (rule === 'PUBLIC') continue
        for (const document of [query, query.replace('mutation {', 'mutation { __typename ')]) {
          const { status, codes, data } = await strangers[0]!.ask(document)
          const isRefused = status === 401 && codes.join() === 'UNAUTHENTICATED' && !data
          expectThat(isRefused, { name, status, codes, data })
        }
      }
    },
  },
  {
    name: 'matrix: owner × every field',
    run: (world) =>
      forEachField(world, async ({ name, query, path }) => {
        const { status, codes, data } = await world.owner.ask(`{ ${query} }`)
        const isAnswered = status === 200 && codes.length === 0 && data?.[path[0]!] !== null
        expectThat(isAnswered, { name, status, codes, data })
      }),
  },
  {
    name: 'matrix: other user × every field',
    run: (world) =>
      forEachField(world, async ({ name, query, path }, orderId) => {
        const { status, codes, data } = await world.other.ask(`{ ${query} }`)
        const text = JSON.stringify(data)
        const isSilent = !text.includes(world.owner.username) && !text.includes(orderId)
        expectThat(status === 200 && isSilent, { name, status, text })
        const isOfOrder = path[0] === 'order' || path[0] === 'previewReplacement'
        if (isOfOrder) expectThat(codes.join() === 'ORDER_NOT_FOUND', { name, codes })
        else expectThat(codes.length === 0, { name, codes })
      }),
  },
  refusedEverywhere('expired token', 'expired'),
  refusedEverywhere('wrong audience', 'wrong aud'),
  refusedEverywhere('refresh token as access token', 'the refresh token as access token'),
  refusedEverywhere('signed refresh token', 'typ refresh'),
]

interface EntityField {
  readonly type: string
  readonly field: string
  readonly isLeaf: boolean
}

const hasDirective = (
  node: { directives?: readonly { name: { value: string } }[] },
  name: string,
) => node.directives?.some((directive) => directive.name.value === name) ?? false

/** Lists the fields of a subgraph's entities that a reference can select, except shared market data. */
function listEntityFields(subgraph: SubgraphName): EntityField[] {
  const { definitions } = parse(sdl(subgraph))
  const types = definitions.filter(
    (node): node is ObjectTypeDefinitionNode => node.kind === Kind.OBJECT_TYPE_DEFINITION,
  )
  const objects = new Set(types.map(({ name }) => name.value))
  return types
    .filter((type) => hasDirective(type, 'key') && type.name.value !== 'Asset')
    .filter((type) => !type.directives?.some((key) => JSON.stringify(key).includes('resolvable')))
    .flatMap((type) =>
      (type.fields ?? [])
        // An external field belongs to another subgraph: this one only reads it from the reference.
        .filter((field) => !hasDirective(field, 'external'))
        .filter(
          (field) => !field.arguments?.some(({ type: { kind } }) => kind === Kind.NON_NULL_TYPE),
        )
        .map((field) => {
          const named = /"NamedType","name":\{"kind":"Name","value":"(\w+)"/.exec(
            JSON.stringify(field.type),
          )
          const isLeaf = !objects.has(named?.[1] ?? '')
          return { type: type.name.value, field: field.name.value, isLeaf }
        }),
    )
}

async function expectEntityRefused(
  world: IdentityWorld,
  subgraph: SubgraphName,
  { type, field, isLeaf }: EntityField,
  who: { username: string | undefined; orderId: string },
): Promise<void> {
  const keys: Record<string, string> = {
    username: world.owner.username,
    assetId: 'BTC',
    id: who.orderId,
  }
  const selection = isLeaf ? field : `${field} { __typename }`
  const body = JSON.stringify({
    query: `query ($r: [_Any!]!) { _entities(representations: $r) { ... on ${type} { ${selection} } } }`,
    variables: { r: [{ __typename: type, ...keys }] },
  })
  const call = signFor(world, subgraph, { body, username: who.username })
  const { status, text } = await callSubgraph(world, subgraph, call)
  const answer = JSON.parse(text) as {
    data?: { _entities?: (Record<string, string | null> | null)[] }
    errors?: { extensions: { code: string } }[]
  }
  const codes = answer.errors?.map(({ extensions }) => extensions.code) ?? []
  const isRefused = codes.every((code) =>
    ['FORBIDDEN', 'UNAUTHENTICATED', 'ORDER_NOT_FOUND'].includes(code),
  )
  // The response may contain only the key that the caller has sent.
  const isEmpty = (answer.data?._entities ?? []).every((entity) =>
    [null, undefined, keys[field]].includes(entity?.[field]),
  )
  expectThat(isRefused && isEmpty, { subgraph, type, field, status, text })
}

/** The same matrix at the subgraphs: a signed call in another user's name, or without a caller. */
export const entityAttacks: readonly Attack<IdentityWorld>[] = (
  [
    ['other user', (world: IdentityWorld) => world.other.username],
    ['anonymous', () => undefined],
  ] as const
).flatMap(([who, username]) =>
  subgraphNames
    .filter((subgraph) => listEntityFields(subgraph).length > 0)
    .map((subgraph) => ({
      name: `entities: ${who} × every field of ${subgraph}, by a signed call`,
      run: async (world: IdentityWorld) => {
        const { orderId } = await casesOf(world)
        for (const field of listEntityFields(subgraph)) {
          await expectEntityRefused(world, subgraph, field, { username: username(world), orderId })
        }
      },
    })),
)
