import { requireActor } from '@cnop/kit/identity'
import { cancelOrder } from '../commands/cancel-order.ts'
import { placeOrder } from '../commands/place-order.ts'
import type { MutationResolvers } from '../generated/resolvers.ts'

export const Mutation: MutationResolvers = {
  placeOrder: async (_parent, { input }, context) => ({
    order: await placeOrder(context, requireActor(context), input),
  }),
  cancelOrder: async (_parent, { input }, context) => ({
    order: await cancelOrder(context, requireActor(context), input.orderId),
  }),
}
