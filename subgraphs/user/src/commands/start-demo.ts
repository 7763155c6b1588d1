import { randomBytes } from 'node:crypto'
import { toIso } from '@cnop/kit/clock'
import { guestName, guestSessionPrefix, requireDemo } from '@cnop/kit/demo'
import type { Deps } from '../deps.ts'
import type { Client } from '../domain/device.ts'
import { planDemoUser, unusedDemoMs } from '../domain/demo.ts'
import { recordSignIn } from '../events.ts'
import { putDemoWrite } from '../store/demos.ts'
import { putSessionWrite } from '../store/sessions.ts'
import { issueTokens, type SessionTokens } from './issue-tokens.ts'
import { planSession } from './sign-in.ts'
import { openAccount } from './sign-up.ts'

/**
 * Opens an account for one visitor and a session of it. Nobody knows its password, so the account lasts as long as its
 * session: once nobody has used it for a week, it ends.
 */
export async function startDemo(deps: Deps, client: Client): Promise<SessionTokens> {
  requireDemo(deps.profile)
  const nowMs = deps.now()
  const username = guestName(randomBytes(6).toString('hex'))
  const planned = planDemoUser(username, unknownPassword(), nowMs)
  const { userAgent, clientIp } = client
  const opening = { user: planned.user, generation: 0n, lifetime: 'SHORT', userAgent } as const
  const planning = { ...opening, prefix: guestSessionPrefix }
  const { session, refreshToken } = planSession(deps, planning, nowMs)
  const { table } = deps.store
  const dueAt = toIso(nowMs + unusedDemoMs)
  const alongside = [putSessionWrite(table, session), putDemoWrite(table, { username, dueAt })]
  const user = await openAccount(deps, planned, { clientIp, alongside })
  recordSignIn(deps, username, session.id)
  // The browser keeps the device token of its other accounts: this account has no sign-in to delay.
  return issueTokens(deps, { user, session, refreshToken, device: undefined, nowMs })
}

/** Random, with a letter of each kind that the rules ask for. */
const unknownPassword = (): string => `Aa1!${randomBytes(12).toString('base64url')}`
