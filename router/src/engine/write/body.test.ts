import { describe, expect, it } from '@jest/globals'
import { bodyInSlot, bodyOf, openSlot, stringifyResult, viewOf } from './body.ts'

const text = '{"one":{"deep":[1,2]},"two":"zwei"}'
const names = ['one', 'two']
const open = (context: object = {}) => viewOf(bodyOf(text, true, names), context)

it('uses the finished text when the data was not read', () => {
  expect(stringifyResult({ data: open() })).toBe(`{"data":${text}}\n`)
})

it('puts errors before and extensions after the data', () => {
  const errors = [{ message: 'No.' }]
  expect(stringifyResult({ errors, data: open(), extensions: { cost: 3 } })).toBe(
    `{"errors":[{"message":"No."}],"data":${text},"extensions":{"cost":3}}\n`,
  )
})

it('hands the bytes to the opener of a slot, unless there is more than data that it does not take', () => {
  const opened = {}
  const slot = openSlot(opened)
  // Apollo Server passes a copy on.
  const context = { ...opened }
  expect(stringifyResult({ data: open(context) })).toBe(bodyInSlot)
  expect(slot.bytes?.toString()).toBe(`{"data":${text}}\n`)
  expect(stringifyResult({ data: open(context), extensions: {} })).toContain('"extensions":{}')
  const whole = {}
  const wholeSlot = openSlot(whole, true)
  const errors = [{ message: 'No.' }]
  expect(stringifyResult({ errors, data: open(whole), extensions: {} })).toBe(bodyInSlot)
  expect(wholeSlot.bytes?.toString()).toBe(
    `{"errors":[{"message":"No."}],"data":${text},"extensions":{}}\n`,
  )
})

it('keeps characters beyond ASCII', () => {
  const odd = '{"one":"🧧 ü"}'
  expect(stringifyResult({ data: viewOf(bodyOf(odd, false, ['one']), {}) })).toBe(
    `{"data":${odd}}\n`,
  )
})

describe('a plugin', () => {
  it.each<[string, (data: Record<string, unknown>) => unknown, string]>([
    ['reads', (data) => data['two'], text],
    ['replaces', (data) => (data['two'] = 2), '{"one":{"deep":[1,2]},"two":2}'],
    [
      'changes deep inside',
      (data) => Object.assign(data['one'] as object, { deep: 0 }),
      '{"one":{"deep":0},"two":"zwei"}',
    ],
    ['adds', (data) => (data['three'] = 3), '{"one":{"deep":[1,2]},"two":"zwei","three":3}'],
    ['removes', (data) => delete data['one'], '{"two":"zwei"}'],
    ['lists the names', (data) => Object.keys(data), text],
    ['asks for a name', (data) => 'two' in data, text],
  ])('%s, and the answer shows it', (_name, act, expected) => {
    const data = open()
    act(data)
    expect(stringifyResult({ data })).toBe(`{"data":${expected}}\n`)
  })

  it('may spread the data into another object', () => {
    expect(stringifyResult({ data: { ...open(), more: true } })).toBe(
      '{"data":{"one":{"deep":[1,2]},"two":"zwei","more":true}}\n',
    )
  })
})

it('gives each view of one answer data of its own', () => {
  const finished = bodyOf(text, true, names)
  const [first, second] = [viewOf(finished, {}), viewOf(finished, {})]
  first['two'] = 'changed'
  expect(second['two']).toBe('zwei')
})
