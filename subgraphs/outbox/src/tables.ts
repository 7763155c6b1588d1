import type { TableDefinition } from '@cnop/kit/tables'
import type { NotificationKind } from './notification.ts'

/** Notifications of users, what still has to be delivered, the channels that users chose, and the accounts that have ended. */
export const outboxTable = (name: string): TableDefinition => ({
  name,
  indexes: [],
  hasTimeToLive: true,
})

export const userPk = (username: string): string => `USER#${username}`

export const notificationPrefix = 'NOTE#'

export const notificationKey = (username: string, id: string) => ({
  pk: userPk(username),
  sk: `${notificationPrefix}${id}`,
})

export const choicePrefix = 'CHOICE#'

export const choiceKey = (username: string, kind: NotificationKind) => ({
  pk: userPk(username),
  sk: `${choicePrefix}${kind}`,
})

/** The accounts that have ended and of which a service still has something, in the order of their end. */
export const endingPk = (stage: string): string => `ENDED#${stage}`

export const endingKey = (stage: string, at: string, username: string) => ({
  pk: endingPk(stage),
  sk: `${at}#${username}`,
})

/** Deliveries are spread over a few partitions, so that no single one takes every new notification. */
export const dueShards = Array.from({ length: 4 }, (_, shard) => `DUE#${shard}`)

/** A delivery that is due, the oldest first. */
export function dueKey({ id, createdAt }: { readonly id: string; readonly createdAt: string }) {
  const letters = Array.from(id).reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0)
  return { pk: `DUE#${letters % dueShards.length}`, sk: `${createdAt}#${id}` }
}
