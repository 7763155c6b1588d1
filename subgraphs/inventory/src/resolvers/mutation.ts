import { type Actor, requireActor } from '@cnop/kit/identity'
import { saveChoice } from '@cnop/outbox/choices'
import { checkTicker } from '@cnop/quotes/quote'
import { cancelPriceAlert } from '../commands/cancel-price-alert.ts'
import { unwatchAsset, watchAsset } from '../commands/change-watchlist.ts'
import { createPriceAlert } from '../commands/create-price-alert.ts'
import { fillDemoWatchlist } from '../commands/fill-demo-watchlist.ts'
import { markNotificationsSeen } from '../commands/mark-notifications-seen.ts'
import type { MutationResolvers } from '../generated/resolvers.ts'

/** A reference to the user, whose fields are resolved after the change. */
const userOf = ({ username }: Actor) => ({ username })

export const Mutation: MutationResolvers = {
  watchAsset: async (_parent, { assetId }, context) => {
    const actor = requireActor(context)
    const asset = await watchAsset(context, actor, checkTicker(assetId))
    return { asset, user: userOf(actor) }
  },
  unwatchAsset: async (_parent, { assetId }, context) => {
    const actor = requireActor(context)
    await unwatchAsset(context, actor, checkTicker(assetId))
    return { user: userOf(actor) }
  },
  fillDemoWatchlist: async (_parent, _args, context) => {
    const actor = requireActor(context)
    await fillDemoWatchlist(context, actor)
    return { user: userOf(actor) }
  },
  createPriceAlert: async (_parent, { input }, context) => {
    const actor = requireActor(context)
    return { alert: await createPriceAlert(context, actor, input), user: userOf(actor) }
  },
  cancelPriceAlert: async (_parent, { id }, context) => ({
    alert: await cancelPriceAlert(context, requireActor(context), id),
  }),
  chooseNotificationChannels: async (_parent, { input: { kind, channels } }, context) => {
    const actor = requireActor(context)
    await saveChoice(context.outbox, actor.username, { kind, channels })
    return { user: userOf(actor) }
  },
  markNotificationsSeen: async (_parent, { until }, context) => {
    const actor = requireActor(context)
    await markNotificationsSeen(context, actor, until)
    return { user: userOf(actor) }
  },
}
