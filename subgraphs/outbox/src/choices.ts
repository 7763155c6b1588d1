import type { Item, Store } from '@cnop/kit/dynamo'
import { queryPage, readItem, type RowAddress } from '@cnop/kit/read'
import { transact } from '@cnop/kit/transact'
import { z } from 'zod'
import { type Channel, channels, type NotificationKind, notificationKinds } from './notification.ts'
import { choiceKey, choicePrefix, userPk } from './tables.ts'

/** The channels by which a user wants to hear of one kind; none switches it off. */
export interface Choice {
  readonly kind: NotificationKind
  readonly channels: readonly Channel[]
}

const row = z.object({ kind: z.enum(notificationKinds), channels: z.array(z.enum(channels)) })

/** Where the choice is, for commands that read it together with what they decide about. */
export const choiceAddress = (
  table: string,
  username: string,
  kind: NotificationKind,
): RowAddress => ({ table, key: choiceKey(username, kind) })

/** Whether a kind is wanted, by the row of its choice. Without one, it comes by every channel. */
export const isWanted = (item: Item | undefined): boolean =>
  item === undefined || row.parse(item).channels.length > 0

export async function readIsWanted(
  { db, table }: Store,
  username: string,
  kind: NotificationKind,
): Promise<boolean> {
  return isWanted(await readItem(db, table, choiceKey(username, kind)))
}

/** The choice of every kind. */
export async function listChoices({ db, table }: Store, username: string): Promise<Choice[]> {
  const { items } = await queryPage(db, {
    table,
    pk: userPk(username),
    skPrefix: choicePrefix,
    limit: notificationKinds.length,
    newestFirst: false,
  })
  const made = new Map(items.map((item) => row.parse(item)).map((choice) => [choice.kind, choice]))
  return notificationKinds.map((kind) => made.get(kind) ?? { kind, channels: [...channels] })
}

/** Causes that commit from now on follow it. */
export const saveChoice = (
  { db, table }: Store,
  username: string,
  { kind, channels: chosen }: Choice,
): Promise<void> =>
  transact(db, [
    {
      put: {
        TableName: table,
        Item: { ...choiceKey(username, kind), kind, channels: [...new Set(chosen)] },
      },
    },
  ])
