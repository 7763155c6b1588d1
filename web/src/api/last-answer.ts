import { useState } from 'react'
import { type Client, type CombinedError, useClient } from 'urql'
import { cacheOptions } from './cache.ts'
import { codeOf, type Failure, isOfMoment } from './errors.ts'

type Answer<Data> = {
  readonly data: Data | undefined
  readonly error: CombinedError | undefined
  readonly failure: Failure | undefined
}

type Shown<Data> = Pick<Answer<Data>, 'data' | 'failure'>
type Path = CombinedError['graphQLErrors'][number]['path']

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

/** The key of an entity; undefined for an object that is part of its parent. */
function keyOf(value: unknown): string | undefined {
  if (!isObject(value)) return undefined
  const type = String(value['__typename'])
  const key = cacheOptions.keys?.[type]?.({ ...value, __typename: type }) ?? value['id']
  return typeof key === 'string' ? `${type} ${key}` : undefined
}

/** `value` with the part of `last` at `path`, or above it, where it is null. An item of a list takes that of the same entity. */
function withLastAt(value: unknown, last: unknown, path: NonNullable<Path>): unknown {
  if (value === null || value === undefined) return last ?? value
  const [step, ...rest] = path
  if (step === undefined) return value
  if (Array.isArray(value) && Array.isArray(last)) {
    return value.map((item: unknown, index) => {
      const key = index === step ? keyOf(item) : undefined
      if (key === undefined) return item
      return withLastAt(
        item,
        last.find((other) => keyOf(other) === key),
        rest,
      )
    })
  }
  if (!isObject(value) || !isObject(last) || keyOf(value) !== keyOf(last)) return value
  return { ...value, [step]: withLastAt(value[step], last[step], rest) }
}

/**
 * A failure says nothing of what was read before: for a time, the parts that it leaves out are those of the last answer. While a
 * read is repeated after one, the cache may answer with those parts missing and no failure: it is not listened to.
 */
function afterLast<Data>(
  { data, error, failure }: Answer<Data>,
  last: Shown<Data>,
  isReading: boolean,
): Shown<Data> {
  if (isReading && !failure && last.failure && isOfMoment(last.failure)) return last
  if (data === undefined) {
    return failure && !isOfMoment(failure) ? { data, failure } : { data: last.data, failure }
  }
  const missing = error?.graphQLErrors.filter((part) => isOfMoment({ code: codeOf(part) })) ?? []
  const filled = missing.reduce<unknown>(
    (value, { path }) => withLastAt(value, last.data, path ?? []),
    data,
  )
  return { data: filled as Data, failure }
}

type Kept<Data> = {
  readonly of: readonly [Client, number]
  readonly answer: Answer<Data>
  readonly isReading: boolean
  readonly shown: Shown<Data>
}

/** What a panel shows of an answer and of those before. `key` is that of the request: another one, or another user, has none before. */
export function useLastAnswer<Data>(
  answer: Answer<Data>,
  key: number,
  isReading: boolean,
): Shown<Data> {
  const client = useClient()
  const [kept, keep] = useState<Kept<Data>>()
  const known = kept?.of[0] === client && kept.of[1] === key ? kept : undefined
  const isKept = (before: Kept<Data>) =>
    before.answer.data === answer.data &&
    before.answer.failure === answer.failure &&
    before.isReading === isReading
  if (known && isKept(known)) return known.shown
  const shown = known ? afterLast(answer, known.shown, isReading) : answer
  keep({ of: [client, key], answer, isReading, shown })
  return shown
}
