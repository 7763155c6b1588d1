import { createHmac, randomBytes } from 'node:crypto'
import { claimedSession } from '../auth/token.ts'
import type { RequestContext } from '../edge/request-context.ts'
import type { AuditExtra, AuditOutcome, SecurityEvent } from './event.ts'

/** An executed field of a mutation, with its arguments and outcome. */
export interface AuditedField {
  readonly input: Readonly<Record<string, unknown>>
  readonly outcome: AuditOutcome
  readonly code: string | undefined
  readonly details: Readonly<Record<string, unknown>>
}

/** The event of a field, if any. Endpoint, request and address are added to it. */
export type DescribeField = (
  field: AuditedField,
  context: RequestContext,
) => SecurityEvent | undefined

/** Users type passwords into the name field, so an unknown name is recorded as a keyed hash that only compares. */
const tagKey = randomBytes(32)

function tagName(name: unknown): AuditExtra {
  if (typeof name !== 'string') return {}
  const tag = createHmac('sha256', tagKey).update(name.toLowerCase()).digest('hex').slice(0, 12)
  return { name_tag: tag }
}

const nameOf = ({ input }: AuditedField): string | undefined =>
  typeof input['username'] === 'string' ? input['username'].toLowerCase() : undefined

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined

const describeSignUp: DescribeField = (field) => ({
  action: 'user.sign_up',
  outcome: field.outcome,
  user: field.outcome === 'ok' ? nameOf(field) : undefined,
  ...(field.outcome !== 'ok' && { extra: tagName(field.input['username']) }),
})

/** Outcomes that prove that the username exists. */
const isNameKnown = ({ outcome, code }: AuditedField): boolean =>
  outcome === 'ok' || code === 'WRONG_PASSWORD'

const describeSignIn: DescribeField = (field) => ({
  action: 'user.sign_in',
  outcome: field.outcome,
  user: isNameKnown(field) ? nameOf(field) : undefined,
  extra: tagName(field.input['username']),
})

const isReuse = ({ code, details }: AuditedField): boolean =>
  code === 'SESSION_ENDED' && details['reason'] === 'REUSED'

/** A successful refresh is not recorded. A refused one is a refused token or a detected theft. */
const describeRefresh: DescribeField = (field) => {
  const { outcome, details } = field
  if (outcome !== 'failed') return undefined
  if (!isReuse(field)) {
    return { action: 'token.refused', outcome: 'refused', extra: { reason: 'refresh token' } }
  }
  const session = textOf(details['sessionId'])
  return {
    action: 'session.refresh_reused',
    outcome: 'refused',
    user: textOf(details['username']),
    ...(session !== undefined && { extra: { session } }),
  }
}

const describeSignOut: DescribeField = ({ outcome }, { actor }) => ({
  action: 'user.sign_out',
  outcome,
  ...(actor && { extra: { session: actor.sessionId } }),
})

/** Only the holder of a session's token can end it this way, so the session id in the token is valid. */
const describeTokenRevocation: DescribeField = ({ outcome, input }) => {
  // Signing out of a session that has already ended is not recorded.
  if (outcome === 'failed') return undefined
  if (outcome !== 'ok') return { action: 'user.sign_out', outcome }
  const claimed = claimedSession(textOf(input['refreshToken']) ?? '')
  return {
    action: 'user.sign_out',
    outcome,
    user: claimed?.username,
    ...(claimed && { extra: { session: claimed.sessionId } }),
  }
}

const describeRevocation: DescribeField = ({ outcome, input }) => {
  const session = textOf(input['sessionId'])
  const isKnown = outcome === 'ok' && session !== undefined
  return { action: 'session.revoke', outcome, ...(isKnown && { extra: { session } }) }
}

/** Records the names of the changed fields, never their values. */
const describeProfile: DescribeField = ({ outcome, input }) => ({
  action: 'profile.change',
  outcome,
  extra: {
    fields: Object.keys(input)
      .filter((name) => name !== 'currentPassword')
      .sort()
      .join(','),
  },
})

/** The audited mutations. Movements of money are in the journal. */
export const auditedFields: ReadonlyMap<string, DescribeField> = new Map([
  ['signUp', describeSignUp],
  ['signIn', describeSignIn],
  ['startDemo', ({ outcome }) => ({ action: 'user.demo', outcome })],
  ['refreshSession', describeRefresh],
  ['signOut', describeSignOut],
  ['revokeRefreshToken', describeTokenRevocation],
  ['revokeSession', describeRevocation],
  ['updateProfile', describeProfile],
  ['changePassword', ({ outcome }) => ({ action: 'password.change', outcome })],
])
