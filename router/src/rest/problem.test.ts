import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createLog } from '@cnop/kit/log'
import { type ErrorCode, errorCodes } from '@cnop/schema/codes'
import express from 'express'
import { assignRequestId } from '../edge/stages.ts'
import { respondWithProblem } from './problem.ts'
import { toRestFailure } from './shim.ts'
import { routes } from './table.ts'

const placeOrder = routes.find(({ operation }) => operation === 'RestPlaceOrder')!

let server: Server
let origin: string

/** Refuses with the code in the path, as an operation of a subgraph would. */
beforeAll(async () => {
  const app = express()
  const log = createLog('test', { level: 'silent', filePath: undefined })
  app.use(assignRequestId(log, 1_000, () => undefined))
  app.get('/:code', (request) => {
    const details = { field: 'limitPrice', reason: 'is odd' }
    const extensions = { code: request.params.code, details }
    throw toRestFailure([{ message: 'No.', extensions }], 'request-1', placeOrder)
  })
  app.use(respondWithProblem)
  server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => new Promise((resolve) => server.close(resolve)))

const statuses: Partial<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  WRONG_PASSWORD: 401,
  USER_NOT_FOUND: 404,
  IP_BLOCKED: 403,
  SIGN_IN_DELAYED: 429,
  RATE_LIMITED: 429,
  USERNAME_TAKEN: 409,
  EMAIL_TAKEN: 409,
  BAD_USER_INPUT: 422,
  INSUFFICIENT_FUNDS: 422,
  INSUFFICIENT_HOLDINGS: 422,
  DAILY_LIMIT_EXCEEDED: 422,
  ALREADY_CLAIMED_TODAY: 422,
  ORDER_NOT_FOUND: 404,
  // Unknown in the path is 404; in the body of an order it is a bad field.
  ASSET_NOT_FOUND: 422,
  CONTENTION: 503,
  SUBGRAPH_UNAVAILABLE: 503,
  TIMEOUT: 503,
  INTERNAL: 500,
}

describe('every error code', () => {
  it.each(Object.keys(errorCodes))('%s reaches REST as one problem', async (code) => {
    const response = await fetch(`${origin}/${code}?secret=1`)
    const body = (await response.json()) as Record<string, unknown>
    expect(response.status).toBeGreaterThanOrEqual(400)
    const wanted = statuses[code as ErrorCode]
    if (wanted !== undefined) expect(response.status).toBe(wanted)
    expect(body).toMatchObject({
      status: response.status,
      instance: `/${code}`,
      code: body['error'],
    })
    const wait = response.headers.get('retry-after')
    // A command that may have taken effect must not be retried automatically.
    if (code === 'OUTCOME_UNKNOWN') expect(wait).toBeNull()
    else if (response.status === 503) expect(wait).toMatch(/^[1-9]\d*$/)
  })

  it('without a known code is masked', async () => {
    const response = await fetch(`${origin}/SECRET_OF_OURS`)
    const body = (await response.json()) as object
    expect(response.status).toBe(500)
    expect(body).toMatchObject({ code: 'INTERNAL', detail: expect.stringContaining('went wrong') })
  })

  it('of a field names it as the contract does', async () => {
    const body = (await (await fetch(`${origin}/BAD_USER_INPUT`)).json()) as object
    expect(body).toMatchObject({ detail: [{ loc: ['body', 'price'], msg: 'is odd' }] })
  })
})
