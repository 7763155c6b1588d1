import { beforeAll } from '@jest/globals'
import { createRestClient, createRestUser } from '../../world/rest.ts'
import { describeAccountFacts } from './account-facts.ts'
import { describeMarketFacts } from './market-facts.ts'
import { describeOrderFacts } from './order-facts.ts'
import type { People } from './people.ts'

/** The behaviour that REST clients rely on, by status and key. It is the same in every topology. */
export function describeRestFacts(originOf: () => string): void {
  const people = {} as People

  beforeAll(async () => {
    const call = createRestClient(originOf())
    const user = await createRestUser(call)
    Object.assign(people, { call, user, trader: await createRestUser(call, '1000') })
  })

  describeAccountFacts(people)
  describeMarketFacts(people)
  describeOrderFacts(people)
}
