import { createHmac, randomBytes } from 'node:crypto'
import { claimedSession } from '../auth/refresh-token.ts'
import type { Exchange } from '../edge/request-context.ts'
import type { AuditExtra, AuditOutcome, SecurityEvent } from './event.ts'

/** One executed field of a mutation, with its arguments and how it ended. */
export interface AuditedField {
  readonly input: Readonly<Record<string, unknown>>
  readonly outcome: AuditOutcome
  readonly code: string | undefined
  readonly details: Readonly<Record<string, unknown>>
}

/** The event that a field brings about, if any. Door, request and address are added to it. */
export type DescribeField = (field: AuditedField, exchange: Exchange) => SecurityEvent | undefined

/** People type passwords where names belong, so a name that nobody has is told by a tag that only compares. */
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

/** With these endings the name is known to be somebody's. */
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

/** A refresh that succeeds is everyday; one that is refused is a token refused, or a theft found out. */
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

/** Only the holder of a session's token can end it this way, so what the token says of its session is true. */
const describeTokenRevocation: DescribeField = ({ outcome, input }) => {
  // Signing out of a session that has ended already is everyday.
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
  const isTold = outcome === 'ok' && session !== undefined
  return { action: 'session.revoke', outcome, ...(isTold && { extra: { session } }) }
}

/** The names of the fields are the schema's own; what was written into them is nobody's business here. */
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

/** The mutations of the supergraph that the trail tells of; money is told by the journal. */
export const auditedFields: ReadonlyMap<string, DescribeField> = new Map([
  ['signUp', describeSignUp],
  ['signIn', describeSignIn],
  ['refreshSession', describeRefresh],
  ['signOut', describeSignOut],
  ['revokeRefreshToken', describeTokenRevocation],
  ['revokeSession', describeRevocation],
  ['updateProfile', describeProfile],
  ['changePassword', ({ outcome }) => ({ action: 'password.change', outcome })],
])
