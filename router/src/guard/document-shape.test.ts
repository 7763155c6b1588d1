import { describe, expect, it } from '@jest/globals'
import { parse } from 'graphql'
import { measureShape } from './document-shape.ts'

const shapeOf = (text: string) => measureShape(parse(text))

describe('the shape of a document', () => {
  it.each([
    ['{ a { b { c } } }', { depth: 3, fields: 3, aliases: 0, rootFields: 1, directives: 0 }],
    ['{ x: a y: a }', { depth: 1, fields: 2, aliases: 2, rootFields: 2, directives: 0 }],
    ['{ ... { ... { a } } }', { depth: 1, fields: 1, aliases: 0, rootFields: 1, directives: 0 }],
    [
      '{ ...F a { ...F } } fragment F on Q { x: b @i c }',
      { depth: 2, fields: 5, aliases: 2, rootFields: 3, directives: 2 },
    ],
    [
      'query ($v: Int @d) @d { a @d } mutation { b c }',
      { depth: 1, fields: 2, aliases: 0, rootFields: 2, directives: 3 },
    ],
  ])('of %s', (text, shape) => {
    expect(shapeOf(text)).toMatchObject(shape)
  })

  it('counts expanded fragments in time linear to their text', () => {
    const levels = Array.from(
      { length: 200 },
      (_, i) => `fragment F${i} on Q { ...F${i + 1} ...F${i + 1} }`,
    )
    const { fields } = shapeOf(`{ ...F0 } ${levels.join(' ')} fragment F200 on Q { a }`)
    expect(fields).toBe(2 ** 200)
  })

  it('handles fragments that spread each other in a cycle', () => {
    expect(
      shapeOf('{ ...A } fragment A on Q { ...B } fragment B on Q { a ...A }').fields,
    ).toBeLessThan(10)
  })

  it('counts the depth of introspection like any other, and finds it at every level', () => {
    const shape = shapeOf('{ ...F } fragment F on Q { __schema { types { fields { name } } } }')
    expect(shape).toMatchObject({ depth: 4, isIntrospecting: true })
    expect(shapeOf('{ __typename }').isIntrospecting).toBe(false)
  })

  it.each([
    ['{ __schema { types { name } } }', true],
    [
      '{ __typename a: __type(name: "A") { name } ...F } fragment F on Q { ... { __schema { x } } }',
      true,
    ],
    ['{ __typename }', false],
    ['{ __schema { x } me { name } }', false],
    ['{ __schema { x } ...F } fragment F on Q { me { name } }', false],
    ['query A { __schema { x } } query B { me { name } }', false],
    ['mutation { __schema { x } }', false],
    ['{ __schema { x } } fragment Spare on Q { me { name } }', false],
    ['{ __schema { x } ...Missing }', false],
  ])('finds whether %s asks for the schema and nothing else', (text, isOnly) => {
    expect(shapeOf(text).isIntrospectionOnly).toBe(isOnly)
  })

  it.each([
    ['mutation { a: signIn ...F ...F } fragment F on M { b: signIn }', 3],
    ['mutation { a: signIn @skip(if: $a) ... @include(if: true) { b: signIn } signIn }', 1],
    ['mutation { a { signIn } } fragment Spare on M { signIn }', 0],
    ['{ signIn }', 0],
    ['mutation A { signIn } mutation B { x: signIn y: signIn }', 1],
  ])('counts the sign-ins that run in %s', (text, signIns) => {
    expect(shapeOf(text).signIns).toBe(signIns)
  })
})
