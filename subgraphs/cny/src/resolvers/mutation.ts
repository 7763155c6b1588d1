import { requireActor } from '@cnop/kit/identity'
import { claimRedPocket } from '../commands/claim-red-pocket.ts'
import type { MutationResolvers } from '../generated/resolvers.ts'

export const Mutation: MutationResolvers = {
  claimRedPocket: (_parent, { input }, context) =>
    claimRedPocket(context, requireActor(context), input),
}
