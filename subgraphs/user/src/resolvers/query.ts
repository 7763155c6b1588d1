import { requireActor } from '@cnop/kit/identity'
import { isReadOnly } from '@cnop/ledger/command'
import type { Context } from '../deps.ts'
import { UserNotFound } from '../domain/errors.ts'
import { readLedgerHealth } from '../store/ledger-health.ts'

export const Query = {
  me: async (_parent: unknown, _args: unknown, context: Context) => {
    const user = await context.loaders.users.load(requireActor(context).username)
    if (!user) throw new UserNotFound()
    return user
  },
  ledgerHealth: async (_parent: unknown, _args: unknown, context: Context) => ({
    ...(await readLedgerHealth(context.store)),
    isReadOnly: isReadOnly(context.ledger),
  }),
}
