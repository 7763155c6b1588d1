import type { Resolvers } from '../generated/resolvers.ts'
import { Portfolio } from './portfolio.ts'

export const resolvers = { Portfolio } satisfies Resolvers
