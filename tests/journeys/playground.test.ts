import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { buildClientSchema, getIntrospectionQuery, type IntrospectionQuery } from 'graphql'
import type { Browser } from 'playwright-core'
import { openBrowser } from '../world/browser.ts'
import { startWorld, type World } from '../world/world.ts'

let world: World
let closed: World
beforeAll(async () => {
  world = await startWorld({ WEB_ENABLED: 'true', WEB_PORT: '0' })
  closed = await startWorld({ INTROSPECTION: 'false' })
})
afterAll(async () => {
  await world.stop()
  await closed.stop()
})

const everything = {
  descriptions: true,
  specifiedByUrl: true,
  directiveIsRepeatable: true,
  schemaDescription: true,
  inputValueDeprecation: true,
  oneOf: true,
}

const queries: readonly (readonly [string, string])[] = [
  ['with default options', getIntrospectionQuery()],
  ['with every option', getIntrospectionQuery(everything)],
  ['without descriptions', getIntrospectionQuery({ descriptions: false })],
  ['with the deepest types', getIntrospectionQuery({ ...everything, typeDepth: 100 })],
]

describe('the standard introspection query', () => {
  it.each(queries)('returns the whole schema %s', async (_name, query) => {
    const { status, data, errors } = await world.stranger.ask<IntrospectionQuery>(query)
    expect([status, errors]).toEqual([200, []])
    const schema = buildClientSchema(data!)
    expect(schema.getQueryType()?.getFields()).toHaveProperty('assets')
    expect(schema.getType('Portfolio')).toBeDefined()
  })

  it.each(queries)(
    'is refused as introspection when that is disabled, %s',
    async (_name, query) => {
      const { errors } = await closed.stranger.ask(query)
      expect(errors[0]?.message).toBe('Introspection is disabled.')
    },
  )

  it('does not raise the depth or length limit of other parts of a document', async () => {
    const deep = 'myOrders { nodes { asset { '
    const orders = `asset(id: "BTC") { ${deep.repeat(4)} id ${'} } }'.repeat(4)} }`
    const both = getIntrospectionQuery().replace('__schema {', `${orders} __schema {`)
    for (const query of [both, `{ __schema { types { name } } ${orders} }`]) {
      const { codes } = await world.stranger.ask(query)
      expect(codes).toEqual(['QUERY_TOO_COMPLEX'])
    }
    const long = `{ __schema { types { name } } ${'market { feed } '.repeat(300)} }`
    expect((await world.stranger.ask(long)).codes).toEqual(['QUERY_TOO_COMPLEX'])
  })

  it('is itself limited', async () => {
    const many = `{ __schema { types { ${'name '.repeat(5_000)} } } }`
    expect((await world.stranger.ask(many)).codes).toEqual(['QUERY_TOO_COMPLEX'])
    const roots = Array.from({ length: 11 }, (_, at) => `a${at}: __schema { types { name } }`)
    expect((await world.stranger.ask(`{ ${roots.join(' ')} }`)).codes).toEqual([
      'QUERY_TOO_COMPLEX',
    ])
    const round = `{ __schema { types { ${'fields { type { '.repeat(6)} name ${'} }'.repeat(6)} } } }`
    expect((await world.stranger.ask(round)).codes).toEqual(['GRAPHQL_VALIDATION_FAILED'])
  })
})

describe('the playground', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser.close())

  it('shows the schema in its documentation', async () => {
    const page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${world.router.webPort!}/playground/`)
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click()
    const docs = page.locator('.graphiql-doc-explorer')
    await docs.getByRole('link', { name: 'Query', exact: true }).click()
    await docs.getByRole('link', { name: 'assets', exact: true }).waitFor()
    await page.close()
  })
})
