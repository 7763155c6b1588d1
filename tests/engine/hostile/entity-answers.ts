/** Hostile answers to a call for three entities. */
import assert from 'node:assert/strict'
import { expectFailure, type HostileCase, type Target } from './case.ts'
import { ask } from './program.ts'

const bookIds = ['1', '2', '3']
const rumours = bookIds.map((id) => ({ title: `title ${id}`, rumour: null }))
const entityQuery = '{ books { title rumour } }'
const rumour = '{"__typename":"Book","rumour":"r"}'

/** Malformed lists of three entities: none of their fields is taken, and others are untouched. */
const entities: readonly (readonly [name: string, entities: string])[] = [
  ['none', '[]'],
  ['too few', `[${rumour}]`],
  ['too many', `[${rumour},${rumour},${rumour},${rumour},{"rumour":"other"}]`],
  ['nulls', '[null,null,null]'],
  ['numbers and texts', '[1,"Book",true]'],
  ['nested lists', `[[${rumour}],[[${rumour}]],[]]`],
  ['an object', `{"0":${rumour},"length":3}`],
  ['a text', '"Book"'],
  ['wrong values', '[{"rumour":{}},{"rumour":[]},{"rumour":1}]'],
  [
    'prototypes',
    '[{"__proto__":{"rumour":"polluted"}},{"constructor":{"rumour":"polluted"}},{"__typename":"__proto__"}]',
  ],
]

/** Lists that do not fit the question are errors; a null entity is one that the service does not know. */
const unfit: readonly string[] = ['none', 'too few', 'too many', 'an object', 'a text']

async function askEntities({ url, world }: Target, name: string, list: string): Promise<void> {
  world.answerBy(({ response }) => response.end(`{"data":{"_entities":${list}}}`))
  const { data, errors } = await ask(url, entityQuery)
  assert.deepEqual(data, { books: rumours })
  assert.ok(errors.length > 0 || !unfit.includes(name), 'There is no error.')
}

const wrongNames: HostileCase = {
  name: 'entities of other types, of none, and of names that are no text',
  attack: async ({ url, world }) => {
    for (const name of ['"Rogue"', '"Nothing"', '"constructor"', '{"a":1}', 'null', '[]', '1']) {
      const entity = `{"__typename":${name},"rumour":"r","title":"changed"}`
      world.answerBy(({ response }) =>
        response.end(`{"data":{"_entities":[${entity},${entity},${entity}]}}`),
      )
      const { data } = await ask(url, entityQuery)
      const titles = (data?.['books'] as { title: unknown }[]).map(({ title }) => title)
      assert.deepEqual(
        titles,
        bookIds.map((id) => `title ${id}`),
      )
    }
  },
}

const failedEntities: HostileCase = {
  name: 'errors at entities that do not exist',
  attack: async ({ url, world }) => {
    const paths = [
      '["_entities",99,"rumour"]',
      '["_entities",-1]',
      '["_entities",1.5]',
      '["_entities","1"]',
      '["_entities"]',
      '["books",0]',
      '["__proto__",0]',
    ]
    const errors = paths.map((path) => `{"message":"m","path":${path}}`).join(',')
    world.answerBy(({ response }) =>
      response.end(`{"data":{"_entities":[null,null,null]},"errors":[${errors}]}`),
    )
    expectFailure(await ask(url, entityQuery), { books: rumours }, 'DOWNSTREAM_SERVICE_ERROR')
  },
}

export const hostileEntities: readonly HostileCase[] = [
  ...entities.map(([name, list]): HostileCase => ({
    name: `entities: ${name}`,
    isShort: true,
    attack: (target) => askEntities(target, name, list),
  })),
  wrongNames,
  failedEntities,
]
