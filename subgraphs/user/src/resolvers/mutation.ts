import { requireActor } from '@cnop/kit/identity'
import { changePassword } from '../commands/change-password.ts'
import { deposit, withdraw } from '../commands/move-cash.ts'
import { refreshSession } from '../commands/refresh-session.ts'
import { signIn } from '../commands/sign-in.ts'
import { revokeRefreshToken, revokeSession, signOut } from '../commands/sign-out.ts'
import { startDemo } from '../commands/start-demo.ts'
import { signUp } from '../commands/sign-up.ts'
import { setLotMethod } from '../commands/set-lot-method.ts'
import { updateProfile } from '../commands/update-profile.ts'
import type { Context } from '../deps.ts'
import type { MutationResolvers } from '../generated/resolvers.ts'

/** The caller of a mutation. Clears the cache, since the mutation changes the data. */
function actorOf(context: Context) {
  context.loaders.forget()
  return requireActor(context)
}

export const Mutation: MutationResolvers = {
  signUp: async (_parent, { input }, context) => ({
    user: await signUp(context, input, context.clientIp),
  }),
  signIn: (_parent, { input }, context) => signIn(context, input, context),
  startDemo: (_parent, _args, context) => startDemo(context, context),
  refreshSession: (_parent, { input }, context) => refreshSession(context, input, context),
  signOut: async (_parent, _args, context) => ({
    signedOutAt: await signOut(context, actorOf(context)),
  }),
  revokeRefreshToken: async (_parent, { input }, context) => ({
    sessionId: await revokeRefreshToken(context, input.refreshToken),
  }),
  revokeSession: async (_parent, { sessionId }, context) => ({
    sessionId: await revokeSession(context, actorOf(context), sessionId),
  }),
  changePassword: async (_parent, { input }, context) => ({
    sessionsEnded: await changePassword(context, actorOf(context), input, context.clientIp),
  }),
  updateProfile: async (_parent, { input }, context) => ({
    user: await updateProfile(context, actorOf(context), {
      input,
      api: context.api,
      clientIp: context.clientIp,
    }),
  }),
  setLotMethod: async (_parent, { input }, context) => ({
    method: await setLotMethod(context, actorOf(context), input),
  }),
  deposit: (_parent, { input }, context) => deposit(context, actorOf(context), input),
  withdraw: (_parent, { input }, context) => withdraw(context, actorOf(context), input),
}
