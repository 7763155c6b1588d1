import type { Key, Store } from '@cnop/kit/dynamo'
import { type Usd, usdFromCents } from '@cnop/kit/money'
import { queryPage, readItem } from '@cnop/kit/read'
import { transact, type Write } from '@cnop/kit/transact'
import { VersionLost } from '@cnop/ledger/account-store'
import { z } from 'zod'
import {
  type PortfolioAlert,
  portfolioAlertDirections,
  portfolioAlertStatuses,
} from '../domain/portfolio-alert.ts'
import { portfolioAlertsKey, portfolioWatchKey, portfolioWatchPk } from './keys.ts'

/** All alerts of a user on the value of the portfolio, newest first. */
export interface PortfolioAlerts {
  readonly username: string
  readonly alerts: readonly PortfolioAlert[]
  /** Counts the changes; zero before the first. */
  readonly version: number
}

const cents = z
  .string()
  .regex(/^\d{1,38}$/)
  .transform((text): Usd => usdFromCents(BigInt(text)))

const alertSchema = z.object({
  id: z.string(),
  direction: z.enum(portfolioAlertDirections),
  value: cents,
  changeBasisPoints: z.number().optional(),
  referenceValue: cents.optional(),
  repeat: z
    .object({
      rearmAt: cents,
      isArmed: z.boolean(),
      fires: z.number(),
      firedAt: z.array(z.string()),
    })
    .optional(),
  status: z.enum(portfolioAlertStatuses),
  createdAt: z.string(),
  expiresAt: z.string().optional(),
  closedAt: z.string().optional(),
  firedValue: cents.optional(),
})

type AlertRecord = z.input<typeof alertSchema>

/** As text, because numbers of a row would be read as bigint. */
export const toPortfolioAlertText = (alert: PortfolioAlert): string =>
  JSON.stringify(recordOf(alert))

const recordOf = (alert: PortfolioAlert): AlertRecord => ({
  ...alert,
  value: alert.value.toString(),
  referenceValue: alert.referenceValue?.toString(),
  repeat: alert.repeat && {
    ...alert.repeat,
    rearmAt: alert.repeat.rearmAt.toString(),
    firedAt: [...alert.repeat.firedAt],
  },
  firedValue: alert.firedValue?.toString(),
})

export function fromPortfolioAlertText(text: string): PortfolioAlert {
  const { changeBasisPoints, referenceValue, repeat, expiresAt, closedAt, firedValue, ...alert } =
    alertSchema.parse(JSON.parse(text))
  return { ...alert, changeBasisPoints, referenceValue, repeat, expiresAt, closedAt, firedValue }
}

const rowSchema = z.object({
  alerts: z.array(z.string()),
  version: z.union([z.number(), z.bigint()]).transform(Number),
})

export async function readPortfolioAlerts(
  { db, table }: Store,
  username: string,
): Promise<PortfolioAlerts> {
  const item = await readItem(db, table, portfolioAlertsKey(username))
  if (!item) return { username, alerts: [], version: 0 }
  const { alerts, version } = rowSchema.parse(item)
  return { username, alerts: alerts.map(fromPortfolioAlertText), version }
}

/** Closed alerts are kept up to this number; every active one is kept. */
const mostClosed = 20

/** Writes the alerts of a user, on condition that they are as they were read, and where the watch finds them while any is active. */
export function portfolioAlertWrites(
  table: string,
  { username, version }: PortfolioAlerts,
  alerts: readonly PortfolioAlert[],
): Write[] {
  const closed = alerts.filter(({ status }) => status !== 'ACTIVE').slice(0, mostClosed)
  const kept = alerts.filter((alert) => alert.status === 'ACTIVE' || closed.includes(alert))
  const key = portfolioWatchKey(username)
  const isWatched = kept.some(({ status }) => status === 'ACTIVE')
  return [
    {
      put: {
        TableName: table,
        Item: {
          ...portfolioAlertsKey(username),
          alerts: kept.map(toPortfolioAlertText),
          version: BigInt(version + 1),
        },
        ConditionExpression: version === 0 ? 'attribute_not_exists(pk)' : 'version = :version',
        ...(version > 0 && { ExpressionAttributeValues: { ':version': BigInt(version) } }),
      },
      refused: () => new VersionLost(),
    },
    isWatched
      ? { put: { TableName: table, Item: { ...key, username } } }
      : { delete: { TableName: table, Key: key } },
  ]
}

/** Deletes all alerts of a user. What would change them at the same moment is refused, because they are not as it has read them. */
export const clearPortfolioAlerts = ({ db, table }: Store, username: string): Promise<void> =>
  transact(
    db,
    [portfolioAlertsKey(username), portfolioWatchKey(username)].map((Key) => ({
      delete: { TableName: table, Key },
    })),
  )

/** The next users of one partition who wait for the value of their portfolio. */
export async function listPortfolioWatch(
  { db, table }: Store,
  {
    shard,
    after,
    limit,
  }: { readonly shard: number; readonly after: Key | undefined; readonly limit: number },
): Promise<{ readonly usernames: readonly string[]; readonly last: Key | undefined }> {
  const pk = portfolioWatchPk(shard)
  const { items, last } = await queryPage(db, { table, pk, limit, newestFirst: false, after })
  return { usernames: items.map(({ username }) => String(username)), last }
}
