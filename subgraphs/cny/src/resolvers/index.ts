import type { Resolvers } from '../generated/resolvers.ts'
import { Mutation } from './mutation.ts'
import { Portfolio } from './portfolio.ts'

export const resolvers = { Mutation, Portfolio } satisfies Resolvers
