import { beforeAll } from '@jest/globals'
import { createRestClient, createRestUser } from '../../world/rest.ts'
import { describeAccountFacts } from './account-facts.ts'
import { describeMarketFacts } from './market-facts.ts'
import { describeOrderFacts } from './order-facts.ts'
import type { People } from './people.ts'

/** What clients of the contract rely on, by status and key; the same wherever the subgraphs run. */
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
