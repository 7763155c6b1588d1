import { Mutation } from './mutation.ts'
import { Portfolio } from './portfolio.ts'

export const resolvers = { Mutation, Portfolio }
