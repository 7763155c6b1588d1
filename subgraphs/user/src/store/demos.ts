import { toIso } from '@cnop/kit/clock'
import type { Store } from '@cnop/kit/dynamo'
import { queryPage } from '@cnop/kit/read'
import type { Write } from '@cnop/kit/transact'
import { z } from 'zod'
import { demoKey, demosPartition, emailClaimKey, profileKey } from './keys.ts'
import { type Credentials, CredentialsChanged } from './users.ts'

const row = z.object({ username: z.string(), dueAt: z.string() })

/** A demo account, and when it ends unless it was used meanwhile. */
export type Demo = z.infer<typeof row>

/** Another process has dealt with the account. */
export class DemoGone extends Error {
  override readonly name = 'DemoGone'
}

export const putDemoWrite = (table: string, { username, dueAt }: Demo): Write => ({
  put: { TableName: table, Item: { ...demoKey(dueAt, username), username, dueAt } },
})

export const deleteDemoWrite = (table: string, { username, dueAt }: Demo): Write => ({
  delete: {
    TableName: table,
    Key: demoKey(dueAt, username),
    ConditionExpression: 'attribute_exists(pk)',
  },
  refused: () => new DemoGone(),
})

/** Those that are due, the oldest first. */
export async function listDueDemos(
  { db, table }: Store,
  { nowMs, limit }: { readonly nowMs: number; readonly limit: number },
): Promise<readonly Demo[]> {
  const between = ['0', `${toIso(nowMs)}~`] as const
  const query = { table, pk: demosPartition, between, limit, newestFirst: false }
  return (await queryPage(db, query)).items.map((item) => row.parse(item))
}

/**
 * Puts the data that a demo account began with in place of what its visitor has entered. The profile stays, because it
 * is the claim on the username, and so does the claim on the first e-mail address.
 */
export function eraseDemoWrites(
  table: string,
  { user, generation }: Credentials,
  { blank, nowMs }: { readonly blank: Blank; readonly nowMs: number },
): readonly Write[] {
  const { email, firstName, lastName } = blank
  const erase: Write = {
    update: {
      TableName: table,
      Key: profileKey(user.username),
      UpdateExpression:
        'SET email = :email, firstName = :first, lastName = :last, marketingConsent = :no, generation = :next, updatedAt = :now REMOVE phone, dateOfBirth',
      ConditionExpression: 'generation = :generation AND email = :known',
      ExpressionAttributeValues: {
        ...{ ':email': email, ':first': firstName, ':last': lastName, ':no': false },
        ...{ ':generation': generation, ':next': generation + 1n },
        ...{ ':known': user.email, ':now': toIso(nowMs) },
      },
    },
    refused: () => new CredentialsChanged('The account was changed by another command.'),
  }
  if (user.email === email) return [erase]
  return [erase, { delete: { TableName: table, Key: emailClaimKey(user.email) } }]
}

interface Blank {
  readonly email: string
  readonly firstName: string
  readonly lastName: string
}
