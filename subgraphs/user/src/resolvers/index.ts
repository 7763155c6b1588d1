import type { Resolvers } from '../generated/resolvers.ts'
import { Mutation } from './mutation.ts'
import { Activity, Holding, Portfolio } from './portfolio.ts'
import { isGuestSession } from '@cnop/kit/demo'
import { requireActor } from '@cnop/kit/identity'
import { isReadOnly } from '@cnop/ledger/command'
import { type LedgerProgress, readProgress } from '@cnop/ledger/verify-new'
import type { Context } from '../deps.ts'
import { UserNotFound } from '../domain/errors.ts'
import { showEmail } from '../domain/email.ts'
import type { Session as SessionModel } from '../domain/session.ts'
import type { User as UserModel } from '../domain/user.ts'
import { listSessions } from '../store/sessions.ts'
import { readOwned } from './owned.ts'

interface Reference {
  readonly username: string
}

const User = {
  __resolveReference: ({ username }: Reference, context: Context) =>
    readOwned(context, username, () => context.loaders.users.load(username)),
  email: ({ email }: UserModel): string => showEmail(email),
  // Only its owner reads an account, and that of a guest has no sessions but a guest's.
  isGuest: (_user: UserModel, _args: unknown, { actor }: Context): boolean =>
    actor !== undefined && isGuestSession(actor),
  sessions: ({ username }: UserModel, _args: unknown, context: Context) =>
    listSessions(context.store, username, context.now()),
  portfolio: ({ username }: UserModel): Reference => ({ username }),
}

const Session = {
  isCurrent: ({ id }: SessionModel, _args: unknown, { actor }: Context): boolean =>
    id === actor?.sessionId,
}

/** Every open page asks whether the ledger is read-only, which this process knows; what was verified is read for who asks. */
function ledgerHealthOf(ledger: Context['ledger']) {
  let reading: Promise<LedgerProgress> | undefined
  const progress = (name: keyof LedgerProgress) => async () =>
    (await (reading ??= readProgress(ledger)))[name]
  return {
    isReadOnly: isReadOnly(ledger),
    isBalanced: progress('isBalanced'),
    accounts: progress('accounts'),
    entries: progress('entries'),
    verifiedAt: progress('verifiedAt'),
    assets: progress('assets'),
  }
}

const Query = {
  me: async (_parent: unknown, _args: unknown, context: Context) => {
    const user = await context.loaders.users.load(requireActor(context).username)
    if (!user) throw new UserNotFound()
    return user
  },
  ledgerHealth: (_parent: unknown, _args: unknown, context: Context) =>
    ledgerHealthOf(context.ledger),
}

/** Fields that are not named here are read from the domain value of the same name. */
export const resolvers = {
  Query,
  Mutation,
  User,
  Session,
  Portfolio,
  Activity,
  Holding,
} satisfies Resolvers
