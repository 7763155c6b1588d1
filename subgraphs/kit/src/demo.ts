import type { Profile } from './config.ts'
import { Forbidden } from './errors.ts'
import type { Actor } from './identity.ts'

/** The account whose password the README names. */
export const demoUsername = 'demo_trader'

/** How long a demo account has existed, by its own account, when it is opened. */
export const demoHistoryMs = 90 * 86_400_000

const guestPattern = /^guest_[0-9a-f]{12}$/

/** The name of an account for one visitor. */
export const guestName = (twelveHexDigits: string): string => `guest_${twelveHexDigits}`

/** Whether a name is one of those that are kept for accounts for one visitor. Accounts of before may have chosen one for themselves. */
export const isGuestName = (username: string): boolean => guestPattern.test(username)

/**
 * What the id of a session of an account for one visitor begins with. The account has no other sessions, since nobody knows its
 * password, and the router signs the id in every call: so each service knows a guest by a fact, not by a name.
 */
export const guestSessionPrefix = 'guest'

export const isGuestSession = ({ sessionId }: Pick<Actor, 'sessionId'>): boolean =>
  sessionId.startsWith(`${guestSessionPrefix}_`)

/** Demo accounts exist in the demo profile only. */
export function requireDemo(profile: Profile): void {
  if (profile !== 'demo')
    throw new Forbidden('Demo accounts are available in the demo profile only.')
}

/** Who a demo account is filled for: its visitor, or the service that opens the one of the README. */
export type DemoOwner = Pick<Actor, 'username'> & Partial<Pick<Actor, 'sessionId'>>

/** Refuses every account but those that were opened as demo accounts. */
export function requireDemoAccount(
  profile: Profile,
  { username, sessionId = '' }: DemoOwner,
): void {
  requireDemo(profile)
  if (username === demoUsername || isGuestSession({ sessionId })) return
  throw new Forbidden('Only a demo account can be filled.')
}
