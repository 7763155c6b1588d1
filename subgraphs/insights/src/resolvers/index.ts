import { Portfolio } from './portfolio.ts'

export const resolvers = { Portfolio }
