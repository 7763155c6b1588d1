import type { Resolvers } from '../generated/resolvers.ts'
import { Mutation } from './mutation.ts'
import { Holding, Portfolio } from './portfolio.ts'
import { Query } from './query.ts'
import { Session, User } from './user.ts'

/** Fields that are not named here are read from the domain value of the same name. */
export const resolvers = { Query, Mutation, User, Session, Portfolio, Holding } satisfies Resolvers
