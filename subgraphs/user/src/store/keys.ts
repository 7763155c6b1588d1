import type { Key } from '@cnop/kit/dynamo'
import type { TableDefinition } from '@cnop/kit/tables'
import type { FailureCounter } from '../domain/device.ts'

/** One table: a user's profile, sessions and failed sign-ins are one partition; claims and ended sessions have their own. */
export const usersTable = (name: string): TableDefinition => ({
  name,
  indexes: [],
  hasTimeToLive: true,
})

export const userPartition = (username: string): string => `USER#${username}`

/** The profile is the claim on the username as well: a name has one row. */
export const profileKey = (username: string): Key => ({
  pk: userPartition(username),
  sk: 'PROFILE',
})

export const emailClaimKey = (email: string): Key => ({ pk: `EMAIL#${email}`, sk: 'CLAIM' })

/** The shared counter, or the one of a device or session that signed in before. */
export const failuresKey = (username: string, counter: FailureCounter): Key => ({
  pk: userPartition(username),
  sk: counter.kind === 'shared' ? 'FAILURES' : `FAILURES#${counter.kind}#${counter.id}`,
})

export const sessionPrefix = 'SESSION#'

export const sessionKey = (username: string, sessionId: string): Key => ({
  pk: userPartition(username),
  sk: `${sessionPrefix}${sessionId}`,
})

/** Where releases without hours kept the denylist. */
export const oldEndedPartition = 'ENDED'

/** The denylist has a partition for each hour, in the order of ending: a poll reads what is new in the last of them. */
export const endedPartition = (endedAt: string): string =>
  `${oldEndedPartition}#${endedAt.slice(0, 13)}`

export const endedSk = (endedAt: string, sessionId: string): string => `${endedAt}#${sessionId}`

export const endedSessionKey = (endedAt: string, sessionId: string): Key => ({
  pk: endedPartition(endedAt),
  sk: endedSk(endedAt, sessionId),
})

/** Each part of the ledger is verified by one process at a time. */
export const verifyLeaseKey = (shard: number): Key => ({
  pk: `LEASE#verify-ledger#${shard}`,
  sk: 'LEASE',
})

/** Demo accounts in the order of the moments when they are looked at next. */
export const demosPartition = 'DEMOS'

export const demoKey = (dueAt: string, username: string): Key => ({
  pk: demosPartition,
  sk: `${dueAt}#${username}`,
})
