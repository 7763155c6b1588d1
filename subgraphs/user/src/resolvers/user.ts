import type { Context } from '../deps.ts'
import { showEmail } from '../domain/email.ts'
import type { Session as SessionModel } from '../domain/session.ts'
import type { User as UserModel } from '../domain/user.ts'
import { listSessions } from '../store/sessions.ts'
import { readOwned } from './owned.ts'

interface Reference {
  readonly username: string
}

export const User = {
  __resolveReference: ({ username }: Reference, context: Context) =>
    readOwned(context, username, () => context.loaders.users.load(username)),
  email: ({ email }: UserModel): string => showEmail(email),
  sessions: ({ username }: UserModel, _args: unknown, context: Context) =>
    listSessions(context.store, username, context.now()),
  portfolio: ({ username }: UserModel): Reference => ({ username }),
}

export const Session = {
  isCurrent: ({ id }: SessionModel, _args: unknown, { actor }: Context): boolean =>
    id === actor?.sessionId,
}
