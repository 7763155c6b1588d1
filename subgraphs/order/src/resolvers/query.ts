import { requireActor } from '@cnop/kit/identity'
import { findOrder } from '../commands/find-order.ts'
import { previewOrder } from '../commands/preview-order.ts'
import type { QueryResolvers } from '../generated/resolvers.ts'

export const Query: QueryResolvers = {
  order: (_parent, { id }, context) => findOrder(context, requireActor(context), id),
  previewOrder: (_parent, { input }, context) =>
    previewOrder(context, requireActor(context), input),
}
