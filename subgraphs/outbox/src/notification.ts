import { notificationKinds } from '@cnop/schema/events'
import { z } from 'zod'

export { notificationKinds }
export type NotificationKind = (typeof notificationKinds)[number]

/** How a notification reaches its user. */
export const channels = ['BELL'] as const
export type Channel = (typeof channels)[number]

const fields = {
  /** It sorts by time. */
  id: z.string(),
  username: z.string(),
  kind: z.enum(notificationKinds),
  /** The message, in a sentence. */
  text: z.string(),
  createdAt: z.string(),
  /** What it is about. */
  assetId: z.string().optional(),
  orderId: z.string().optional(),
  alertId: z.string().optional(),
}

const row = z.object({ ...fields, detail: z.unknown().optional() })

/** A message to a user. */
export interface Notification extends Readonly<z.infer<z.ZodObject<typeof fields>>> {
  /** What its cause adds for its readers, as JSON. */
  readonly detail?: unknown
}

/** Reads a row; one that is no notification is a bug and throws. */
export const fromRow = (item: unknown): Notification => row.parse(item)

const idPattern = /^ntf_[A-Za-z0-9_]{6,46}$/

export const isNotificationId = (text: string): boolean => idPattern.test(text)
