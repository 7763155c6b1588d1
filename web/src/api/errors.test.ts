import { expect, it } from '@jest/globals'
import { errorCodes } from '@cnop/schema/codes'
import { CombinedError } from 'urql'
import { sentences } from './error-sentences.ts'
import { describeError } from './errors.ts'

it('has a sentence for every code', () => {
  expect(Object.keys(sentences).sort()).toEqual(Object.keys(errorCodes).sort())
})

it('keeps the request id, the service and the field of a GraphQL error', () => {
  const extensions = {
    code: 'BAD_USER_INPUT',
    details: { field: 'quantity', reason: 'has more than 8 decimal places' },
    serviceName: 'order',
    requestId: 'req_7',
  }
  const failure = describeError(
    new CombinedError({ graphQLErrors: [{ message: 'no', extensions }] }),
  )
  expect(failure).toMatchObject({
    code: 'BAD_USER_INPUT',
    sentence: 'Quantity: has more than 8 decimal places',
    requestId: 'req_7',
    service: 'order',
    field: 'quantity',
  })
})

it('reads the request id from the header when the error has none', () => {
  const response = new Response('{}', { headers: { 'x-request-id': 'req_8' } })
  const error = new CombinedError({
    graphQLErrors: [{ message: 'no', extensions: { code: 'ORDER_NOT_FOUND' } }],
    response,
  })
  expect(describeError(error)).toMatchObject({ code: 'ORDER_NOT_FOUND', requestId: 'req_8' })
})

it('treats an unknown code as an internal failure', () => {
  const error = new CombinedError({
    graphQLErrors: [{ message: 'secret', extensions: { code: 'NEW' } }],
  })
  expect(describeError(error)).toMatchObject({ code: 'INTERNAL', sentence: sentences.INTERNAL })
})

it('states that the platform is unreachable when no response came', () => {
  expect(
    describeError(new CombinedError({ networkError: new TypeError('Failed to fetch') })).code,
  ).toBe('NETWORK')
})
