import { toIso } from '@cnop/kit/clock'
import { pageSize } from '@cnop/kit/cursor'
import { requireActor } from '@cnop/kit/identity'
import {
  createRecurringOrder,
  deleteRecurringOrder,
  setRecurringStatus,
} from '../commands/change-recurring-order.ts'
import type { Context } from '../deps.ts'
import type { RecurringOrder as RecurringOrderModel } from '../domain/recurring-order.ts'
import { checkSchedule } from '../domain/recurring-request.ts'
import { datesAhead } from '../domain/schedule.ts'
import type { MutationResolvers, QueryRecurringDatesArgs } from '../generated/resolvers.ts'

export const RecurringOrder = {
  asset: ({ assetId }: RecurringOrderModel) => ({ __typename: 'Asset', id: assetId }),
}

const usualDates = 5
const mostDates = 12

export function recurringDates(
  _parent: unknown,
  { input, first }: QueryRecurringDatesArgs,
  context: Context,
) {
  requireActor(context)
  const count = pageSize(first, mostDates, usualDates)
  const dates = datesAhead(checkSchedule(input), context.now(), { count })
  return dates.map(({ date, ms, isMoved }) => ({ date, at: toIso(ms), isMoved }))
}

export const RecurringMutation: Pick<
  MutationResolvers,
  'createRecurringOrder' | 'pauseRecurringOrder' | 'resumeRecurringOrder' | 'deleteRecurringOrder'
> = {
  createRecurringOrder: async (_parent, { input }, context) => ({
    recurringOrder: await createRecurringOrder(context, requireActor(context), input),
  }),
  pauseRecurringOrder: async (_parent, { id }, context) => ({
    recurringOrder: await setRecurringStatus(context, requireActor(context), {
      id,
      status: 'PAUSED',
    }),
  }),
  resumeRecurringOrder: async (_parent, { id }, context) => ({
    recurringOrder: await setRecurringStatus(context, requireActor(context), {
      id,
      status: 'ACTIVE',
    }),
  }),
  deleteRecurringOrder: async (_parent, { id }, context) => ({
    id: await deleteRecurringOrder(context, requireActor(context), id),
  }),
}
