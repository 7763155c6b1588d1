import { requireActor } from '@cnop/kit/identity'
import { changePassword, type ChangePasswordInput } from '../commands/change-password.ts'
import { deposit, withdraw } from '../commands/move-cash.ts'
import { refreshSession, type RefreshInput } from '../commands/refresh-session.ts'
import { signIn, type SignInInput } from '../commands/sign-in.ts'
import { revokeRefreshToken, revokeSession, signOut } from '../commands/sign-out.ts'
import { signUp } from '../commands/sign-up.ts'
import { updateProfile } from '../commands/update-profile.ts'
import type { Context } from '../deps.ts'
import type { CashInput } from '../domain/cash-movement.ts'
import type { SignUpInput, UpdateProfileInput } from '../domain/user.ts'

interface Input<Of> {
  readonly input: Of
}

/** The caller of a mutation, after which nothing that was read before counts any more. */
function actorOf(context: Context) {
  context.loaders.forget()
  return requireActor(context)
}

export const Mutation = {
  signUp: async (_parent: unknown, { input }: Input<SignUpInput>, context: Context) => ({
    user: await signUp(context, input, context.clientIp),
  }),
  signIn: (_parent: unknown, { input }: Input<SignInInput>, context: Context) =>
    signIn(context, input, context),
  refreshSession: (_parent: unknown, { input }: Input<RefreshInput>, context: Context) =>
    refreshSession(context, input, context),
  signOut: async (_parent: unknown, _args: unknown, context: Context) => ({
    signedOutAt: await signOut(context, actorOf(context)),
  }),
  revokeRefreshToken: async (
    _parent: unknown,
    { input }: Input<{ readonly refreshToken: string }>,
    context: Context,
  ) => ({ sessionId: await revokeRefreshToken(context, input.refreshToken) }),
  revokeSession: async (
    _parent: unknown,
    { sessionId }: { readonly sessionId: string },
    context: Context,
  ) => ({ sessionId: await revokeSession(context, actorOf(context), sessionId) }),
  changePassword: async (
    _parent: unknown,
    { input }: Input<ChangePasswordInput>,
    context: Context,
  ) => ({
    sessionsEnded: await changePassword(context, actorOf(context), input, context.clientIp),
  }),
  updateProfile: async (
    _parent: unknown,
    { input }: Input<UpdateProfileInput>,
    context: Context,
  ) => ({
    user: await updateProfile(context, actorOf(context), {
      input,
      api: context.api,
      clientIp: context.clientIp,
    }),
  }),
  deposit: (_parent: unknown, { input }: Input<CashInput>, context: Context) =>
    deposit(context, actorOf(context), input),
  withdraw: (_parent: unknown, { input }: Input<CashInput>, context: Context) =>
    withdraw(context, actorOf(context), input),
}
